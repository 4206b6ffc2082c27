//! One installation, put together: databases, adapters, contexts.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use accounts_app::{Accounts, AccountsPorts};
use accounts_infra::{Argon2PasswordHasher, HmacRefreshTokens, JwtAccessTokens, SigningSecret};
use catalog::Catalog;
use event_delivery::{Dispatcher, Relay, Subscription};
use message_bus::{Beginning, Consumer, DeliveryMode, Unavailable};
use notifications::{Mailer, Sender};
use operations::{Backlog, ContextOperations, Doctor, Timelines};
use shared_kernel::{Clock, IdGenerator};
use storage::{
    CommitStatistics,
    context_database::{ClockJump, Forgettable, Forgotten},
};

use crate::{
    database_location::DatabaseLocation,
    databases::Databases,
    failure::Failure,
    handlers::Handlers,
    known_bugs::log_of,
    settings::Settings,
    subscriptions::subscriptions,
    system::{SystemClock, SystemIds},
    token_secret::token_secret,
};

/// How long data are kept, in lived time: commands can be repeated for two days, while the API promises one; events and deliveries stay in
/// timelines for thirty.
const KEPT: [(Forgettable, Duration); 3] = [
    (Forgettable::Commands, Duration::from_hours(2 * 24)),
    (Forgettable::Deliveries, LONGEST_KEPT),
    (Forgettable::Events, LONGEST_KEPT),
];
const LONGEST_KEPT: Duration = Duration::from_hours(30 * 24);

/// An installation that is open.
pub(crate) struct Installation {
    pub(crate) accounts: Arc<Accounts>,
    pub(crate) catalog: Arc<Catalog>,
    pub(crate) handlers: Handlers,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdGenerator>,
    /// The secret that other keys are derived from.
    pub(crate) secret: SigningSecret,
    databases: Databases,
}

/// An installation's dependencies. The tests of ageing use their own time and mailer.
pub(crate) struct Surroundings {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdGenerator>,
    /// The key that signs tokens.
    pub(crate) secret: SigningSecret,
    /// Sends mail.
    pub(crate) mailer: Arc<dyn Mailer>,
    /// The sender of mail.
    pub(crate) mail_from: Sender,
}

impl Installation {
    /// Opens every context's database at `database_location`, migrated to the version of this binary.
    pub(crate) async fn open(settings: &Settings, location: &DatabaseLocation) -> Result<Self, Failure> {
        let ids: Arc<dyn IdGenerator> = Arc::new(SystemIds);
        let surroundings = Surroundings {
            clock: Arc::new(SystemClock),
            secret: token_secret(settings, location, ids.as_ref())?,
            ids,
            mailer: settings.mail_target().mailer(&settings.mail_from),
            mail_from: settings.mail_from.clone(),
        };
        Self::open_in(surroundings, location).await
    }

    /// The same, with these dependencies.
    pub(crate) async fn open_in(
        surroundings: Surroundings,
        location: &DatabaseLocation,
    ) -> Result<Self, Failure> {
        let Surroundings {
            clock,
            ids,
            secret,
            mailer,
            mail_from,
        } = surroundings;
        let databases = Databases::open(location, &clock, &ids).await?;
        let accounts = Arc::new(Accounts::new(AccountsPorts {
            store: Arc::clone(&databases.stores.accounts),
            passwords: Arc::new(Argon2PasswordHasher::new(Arc::clone(&ids))),
            access_tokens: Arc::new(JwtAccessTokens::new(&secret, Arc::clone(&ids))),
            refresh_tokens: Arc::new(HmacRefreshTokens::new(&secret, Arc::clone(&ids))),
            clock: Arc::clone(&clock),
            ids: Arc::clone(&ids),
        }));
        let catalog = Arc::new(Catalog::new(
            Arc::clone(&databases.stores.catalog),
            Arc::clone(&ids),
        ));
        let handlers = Handlers::new(&databases.stores, mailer, mail_from, &ids);
        Ok(Self {
            accounts,
            catalog,
            handlers,
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

    /// Makes the timelines of this installation.
    pub(crate) fn timelines(&self) -> Timelines {
        Timelines::new(self.databases.traced(), self.handlers.described())
    }

    /// Checks what must hold here.
    pub(crate) fn doctor(&self) -> Doctor {
        self.databases.doctor(&self.handlers, Arc::clone(&self.clock))
    }

    /// From here on, events that no consumer takes are published as they are written. Only the process that serves sets this,
    /// since its consumers count, whatever another command was built with; and the seed, which would leave it millions of
    /// events. A consumer that has not begun, and begins with later events, takes nothing yet.
    pub(crate) async fn publish_what_nobody_takes(&self) -> Result<(), Unavailable> {
        let mut taken: HashMap<&'static str, HashSet<&'static str>> = HashMap::new();
        for consumer in subscriptions(&self.handlers) {
            if self.takes_already(&consumer).await? {
                taken
                    .entry(consumer.source())
                    .or_default()
                    .extend(consumer.event_types());
            }
        }
        for database in self.databases.all() {
            database.consumers_take(taken.remove(database.context()).unwrap_or_default());
        }
        Ok(())
    }

    async fn takes_already(&self, consumer: &Consumer) -> Result<bool, Unavailable> {
        Ok(match consumer.beginning() {
            Beginning::StartOfTheLog => true,
            Beginning::Now => {
                let own = self.databases.of(consumer.context())?;
                own.beginning_of(consumer.name()).await?.is_some()
            }
        })
    }

    /// The backlog of a context's events.
    pub(crate) async fn backlog_of(&self, context: &str) -> Result<Backlog, Unavailable> {
        self.databases.of(context)?.backlog().await
    }

    /// A relay for this context's events alone. It does not begin the consumers of other contexts, nor those that call outside and have
    /// not begun yet.
    pub(crate) async fn relay_of(&self, context: &str) -> Result<Relay, Unavailable> {
        let mut subscribed = Vec::new();
        for consumer in subscriptions(&self.handlers) {
            let calls_outside = consumer.mode() == DeliveryMode::Persisted;
            if consumer.source() == context && (!calls_outside || self.takes_already(&consumer).await?) {
                subscribed.push(self.subscription_of(consumer).await?);
            }
        }
        let database = self.databases.of(context)?;
        Ok(Relay::new(log_of(database), subscribed))
    }

    async fn subscription_of(&self, consumer: Consumer) -> Result<Subscription, Unavailable> {
        let own = self.databases.of(consumer.context())?;
        let source = self.databases.of(consumer.source())?;
        let begins_after = own.begin_consumer(&consumer, source.as_ref()).await?;
        let store = Arc::clone(own) as _;
        let dispatcher = Dispatcher::new(store, Arc::clone(&self.clock), Arc::clone(&self.ids));
        Ok(Subscription {
            consumer: Arc::new(consumer),
            begins_after,
            transport: Arc::new(dispatcher.clone()),
            dispatcher,
        })
    }

    /// A relay for each context whose events some consumer takes or may take.
    pub(crate) async fn relays(&self) -> Result<Vec<Relay>, Unavailable> {
        let mut subscribed: HashMap<&'static str, Vec<Subscription>> = HashMap::new();
        for consumer in subscriptions(&self.handlers) {
            let subscription = self.subscription_of(consumer).await?;
            subscribed
                .entry(subscription.consumer.source())
                .or_default()
                .push(subscription);
        }
        // Only now: each consumer has begun, and takes what is written from here on.
        self.publish_what_nobody_takes().await?;
        let databases = self.databases.all().iter();
        Ok(databases
            .map(|database| {
                let subscribed = subscribed.remove(database.context()).unwrap_or_default();
                Relay::new(log_of(database), subscribed)
            })
            .collect())
    }

    /// Adds the time since this was last called to the lived time of each context. Returns where a clock has jumped, if one has.
    pub(crate) async fn live_on(&self) -> Result<Option<ClockJump>, Unavailable> {
        let mut jump = None;
        for database in self.databases.all() {
            jump = database.live_on(LONGEST_KEPT).await?.or(jump);
        }
        Ok(jump)
    }

    /// Deletes what is older than it is to be kept, at most as much as one pass may.
    pub(crate) async fn forget_what_is_old(&self) -> Result<Forgotten, Unavailable> {
        let mut forgotten = Forgotten::All;
        for database in self.databases.all() {
            for (what, kept) in KEPT {
                if database.forget(what, kept).await? == Forgotten::APart {
                    forgotten = Forgotten::APart;
                }
            }
        }
        Ok(forgotten)
    }

    /// Commits what is queued and closes the databases. Returns what each context committed.
    pub(crate) async fn close(&self) -> Vec<(&'static str, CommitStatistics)> {
        self.databases.close().await
    }
}
