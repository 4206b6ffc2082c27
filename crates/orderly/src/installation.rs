//! One installation, put together: databases, adapters, contexts.

use std::{collections::HashSet, path::Path, sync::Arc};

use accounts_app::{Accounts, AccountsPorts};
use accounts_infra::{
    Argon2PasswordHasher, HmacRefreshTokens, JwtAccessTokens, SigningSecret,
    sqlite::{AccountsRows, SqliteAccounts},
};
use message_bus::{Consumer, ContextOperations, Courier, Unavailable};
use ordering_app::Ordering;
use ordering_infra::{OrderingRows, SqliteOrdering};
use shared_kernel::{Clock, IdGenerator};
use storage::{
    DataFolder, Relay,
    relay::Route,
    sqlite::{CommitStatistics, SqliteContext},
};

use crate::{
    failure::Failure,
    settings::{DatabaseUrl, Settings},
    subscriptions::subscriptions,
    system::{SystemClock, SystemIds},
    token_secret::token_secret,
};

/// How long a command can be repeated under its key, in seconds: two days, where callers are promised one.
const COMMANDS_REMEMBERED_SECONDS: i64 = 2 * 24 * 60 * 60;

/// An installation that is open.
pub(crate) struct Installation {
    pub(crate) accounts: Arc<Accounts>,
    pub(crate) ordering: Arc<Ordering>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdGenerator>,
    /// Where other keys are derived from.
    pub(crate) secret: SigningSecret,
    accounts_context: SqliteContext<AccountsRows>,
    ordering_context: SqliteContext<OrderingRows>,
}

/// The data folder that the settings name.
pub(crate) fn data_folder(settings: &Settings) -> &Path {
    let DatabaseUrl::Sqlite(folder) = &settings.database_url;
    folder
}

impl Installation {
    /// Opens every context's database in `folder`, migrated to what this binary knows.
    pub(crate) fn open(settings: &Settings, folder: &DataFolder) -> Result<Self, Failure> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let ids: Arc<dyn IdGenerator> = Arc::new(SystemIds);
        let secret = token_secret(settings, folder, ids.as_ref())?;

        let accounts_context = SqliteContext::open(
            folder,
            "accounts",
            accounts_infra::sqlite::MIGRATIONS,
            Arc::clone(&clock),
        )?;
        let accounts_store = Arc::new(SqliteAccounts::new(accounts_context.clone(), Arc::clone(&ids)));
        let accounts = Arc::new(Accounts::new(AccountsPorts {
            units: Arc::clone(&accounts_store) as _,
            queries: accounts_store,
            passwords: Arc::new(Argon2PasswordHasher::new(Arc::clone(&ids))),
            access_tokens: Arc::new(JwtAccessTokens::new(&secret, Arc::clone(&ids))),
            refresh_tokens: Arc::new(HmacRefreshTokens::new(&secret, Arc::clone(&ids))),
            clock: Arc::clone(&clock),
            ids: Arc::clone(&ids),
        }));

        let ordering_context =
            SqliteContext::open(folder, "ordering", ordering_infra::MIGRATIONS, Arc::clone(&clock))?;
        let ordering_store = Arc::new(SqliteOrdering::new(ordering_context.clone(), Arc::clone(&ids)));
        let ordering = Arc::new(Ordering::new(
            Arc::clone(&ordering_store) as _,
            ordering_store,
            Arc::clone(&ids),
        ));

        Ok(Self {
            accounts,
            ordering,
            clock,
            ids,
            secret,
            accounts_context,
            ordering_context,
        })
    }

    /// The contexts, as operators see them.
    pub(crate) fn contexts(&self) -> Vec<Arc<dyn ContextOperations>> {
        vec![
            Arc::new(self.accounts_context.clone()),
            Arc::new(self.ordering_context.clone()),
        ]
    }

    /// From here on, events that no consumer takes are published as they are written. Only the process that serves says so,
    /// whose consumers count, whatever another command was built with; and the seed, which would leave it millions to look at.
    pub(crate) fn publish_what_nobody_takes(&self) {
        let consumers = subscriptions(&self.ordering);
        self.accounts_context
            .consumers_take(taken_from("accounts", &consumers));
        self.ordering_context
            .consumers_take(taken_from("ordering", &consumers));
    }

    /// A relay for each context whose events somebody takes or may come to take.
    pub(crate) async fn relays(&self) -> Result<Vec<Relay>, Unavailable> {
        self.publish_what_nobody_takes();
        let consumers = subscriptions(&self.ordering);
        let mut from_accounts = Vec::new();
        for consumer in consumers {
            // The one place that says which database a consumer's context has; today all consumers are ordering's.
            let store = self.ordering_context.clone();
            let begins_after = store.begin_consumer(&consumer, &self.accounts_context).await?;
            let courier = Courier::new(Arc::new(store), Arc::clone(&self.clock), Arc::clone(&self.ids));
            from_accounts.push(Route {
                consumer: Arc::new(consumer),
                begins_after,
                courier,
            });
        }
        Ok(vec![
            Relay::new(Arc::new(self.accounts_context.clone()), from_accounts),
            Relay::new(Arc::new(self.ordering_context.clone()), Vec::new()),
        ])
    }

    /// Forgets repeated commands that are older than callers are promised to be remembered.
    pub(crate) async fn forget_old_commands(&self) -> Result<(), Unavailable> {
        let time = self.clock.now().plus_seconds(-COMMANDS_REMEMBERED_SECONDS);
        self.accounts_context.forget_commands_before(time).await?;
        self.ordering_context.forget_commands_before(time).await
    }

    /// Commits what is queued and closes the files. Says what each context committed.
    pub(crate) async fn close(&self) -> [(&'static str, CommitStatistics); 2] {
        [
            ("accounts", self.accounts_context.close().await),
            ("ordering", self.ordering_context.close().await),
        ]
    }
}

/// The event types of context `source` that consumers take.
fn taken_from(source: &str, consumers: &[Consumer]) -> HashSet<&'static str> {
    consumers
        .iter()
        .filter(|consumer| consumer.source() == source)
        .flat_map(Consumer::event_types)
        .collect()
}
