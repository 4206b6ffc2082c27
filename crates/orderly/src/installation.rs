//! One installation, put together: databases, adapters, contexts.

use std::{collections::HashSet, sync::Arc};

use accounts_app::{Accounts, AccountsPorts};
use accounts_infra::{Argon2PasswordHasher, HmacRefreshTokens, JwtAccessTokens, SigningSecret};
use message_bus::{Consumer, ContextOperations, Courier, Route, Unavailable};
use ordering_app::Ordering;
use shared_kernel::{Clock, IdGenerator};
use storage::{CommitStatistics, Relay, context_database::Forgettable};

use crate::{
    databases::{Databases, Place},
    failure::Failure,
    settings::Settings,
    subscriptions::subscriptions,
    system::{SystemClock, SystemIds},
    token_secret::token_secret,
};

/// How long what is over is kept, in seconds: commands can be repeated for two days, where callers are promised one; events and
/// deliveries tell their story for thirty.
const KEPT: [(Forgettable, i64); 3] = [
    (Forgettable::Commands, 2 * DAY),
    (Forgettable::Deliveries, 30 * DAY),
    (Forgettable::Events, 30 * DAY),
];
const DAY: i64 = 24 * 60 * 60;

/// An installation that is open.
pub(crate) struct Installation {
    pub(crate) accounts: Arc<Accounts>,
    pub(crate) ordering: Arc<Ordering>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdGenerator>,
    /// Where other keys are derived from.
    pub(crate) secret: SigningSecret,
    databases: Databases,
}

impl Installation {
    /// Opens every context's database at `place`, migrated to what this binary knows.
    pub(crate) async fn open(settings: &Settings, place: &Place) -> Result<Self, Failure> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let ids: Arc<dyn IdGenerator> = Arc::new(SystemIds);
        let secret = token_secret(settings, place, ids.as_ref())?;
        let databases = Databases::open(place, &clock, &ids).await?;
        let accounts_adapter = Arc::new(databases.accounts_adapter.clone());
        let accounts = Arc::new(Accounts::new(AccountsPorts {
            units: Arc::clone(&accounts_adapter) as _,
            queries: accounts_adapter,
            passwords: Arc::new(Argon2PasswordHasher::new(Arc::clone(&ids))),
            access_tokens: Arc::new(JwtAccessTokens::new(&secret, Arc::clone(&ids))),
            refresh_tokens: Arc::new(HmacRefreshTokens::new(&secret, Arc::clone(&ids))),
            clock: Arc::clone(&clock),
            ids: Arc::clone(&ids),
        }));
        let ordering_adapter = Arc::new(databases.ordering_adapter.clone());
        let ordering = Arc::new(Ordering::new(
            Arc::clone(&ordering_adapter) as _,
            ordering_adapter,
            Arc::clone(&ids),
        ));
        Ok(Self {
            accounts,
            ordering,
            clock,
            ids,
            secret,
            databases,
        })
    }

    /// The contexts, as operators see them.
    pub(crate) fn contexts(&self) -> Vec<Arc<dyn ContextOperations>> {
        self.databases.contexts()
    }

    /// From here on, events that no consumer takes are published as they are written. Only the process that serves says so,
    /// whose consumers count, whatever another command was built with; and the seed, which would leave it millions to look at.
    pub(crate) fn publish_what_nobody_takes(&self) {
        let consumers = subscriptions(&self.ordering);
        let Databases {
            accounts, ordering, ..
        } = &self.databases;
        accounts.consumers_take(taken_from("accounts", &consumers));
        ordering.consumers_take(taken_from("ordering", &consumers));
    }

    /// A relay for each context whose events somebody takes or may come to take.
    pub(crate) async fn relays(&self) -> Result<Vec<Relay>, Unavailable> {
        self.publish_what_nobody_takes();
        let consumers = subscriptions(&self.ordering);
        let Databases {
            accounts, ordering, ..
        } = &self.databases;
        let mut from_accounts = Vec::new();
        for consumer in consumers {
            // The one place that says which database a consumer's context has; today all consumers are ordering's.
            let begins_after = ordering.begin_consumer(&consumer, accounts.as_ref()).await?;
            let store = Arc::clone(ordering) as _;
            let courier = Courier::new(store, Arc::clone(&self.clock), Arc::clone(&self.ids));
            from_accounts.push(Route {
                consumer: Arc::new(consumer),
                begins_after,
                transport: Arc::new(courier.clone()),
                courier,
            });
        }
        Ok(vec![
            Relay::new(Arc::clone(accounts) as _, from_accounts),
            Relay::new(Arc::clone(ordering) as _, Vec::new()),
        ])
    }

    /// Forgets what is older than it is to be kept.
    pub(crate) async fn forget_what_is_old(&self) -> Result<(), Unavailable> {
        let now = self.clock.now();
        for context in [&self.databases.accounts, &self.databases.ordering] {
            for (what, kept_seconds) in KEPT {
                context.forget(what, now.plus_seconds(-kept_seconds)).await?;
            }
        }
        Ok(())
    }

    /// Commits what is queued and closes the databases. Says what each context committed.
    pub(crate) async fn close(&self) -> [(&'static str, CommitStatistics); 2] {
        self.databases.close().await
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
