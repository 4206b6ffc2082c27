//! The contexts, on either engine, and relays between them.

use std::{collections::HashSet, sync::Arc};

use event_delivery::{Dispatcher, Relay, Subscription};
use message_bus::{Actor, CommandMeta, Consumer};
use notifications::{NotificationsRows, NotificationsStore};
use ordering_app::OrderingStore;
use ordering_infra::{OrderingRows, PostgresOrdering, SqliteOrdering};
use shared_kernel::{
    Clock, IdGenerator,
    in_memory::{CountingIds, ManualClock},
};
use storage::{
    ContextDatabase, DataFolder,
    postgres::{PostgresContext, PostgresServer},
    sqlite::SqliteContext,
};
use tokio::{sync::watch, task::JoinSet};

/// A database that events come from or go to. Its own rows are those of notifications, also where it stands for accounts: what is measured
/// there is the log.
pub(crate) struct Side {
    pub(crate) store: Arc<dyn NotificationsStore>,
    pub(crate) database: Arc<dyn ContextDatabase>,
}

/// The contexts.
pub(crate) struct Ground {
    pub(crate) accounts: Side,
    pub(crate) notifications: Side,
    pub(crate) ordering: Arc<dyn OrderingStore>,
    pub(crate) ordering_database: Arc<dyn ContextDatabase>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdGenerator>,
}

/// Relays that run, until they are stopped.
pub(crate) struct Relays {
    stop: watch::Sender<bool>,
    running: JoinSet<()>,
}

impl Ground {
    /// Opens all contexts.
    pub(crate) async fn open(target: &str) -> Self {
        let clock: Arc<dyn Clock> = Arc::new(ManualClock::default());
        let ids: Arc<dyn IdGenerator> = Arc::new(CountingIds::default());
        if let Some(folder) = target.strip_prefix("sqlite:") {
            let folder = DataFolder::open(folder.as_ref()).unwrap();
            let side = |name| {
                let migrations = notifications::sqlite::MIGRATIONS;
                let context: SqliteContext<NotificationsRows> =
                    SqliteContext::open(&folder, name, migrations, Arc::clone(&clock)).unwrap();
                Side {
                    store: Arc::new(context.clone()),
                    database: Arc::new(context),
                }
            };
            let migrations = ordering_infra::sqlite::MIGRATIONS;
            let ordering: SqliteContext<OrderingRows> =
                SqliteContext::open(&folder, "ordering", migrations, Arc::clone(&clock)).unwrap();
            return Self {
                accounts: side("accounts"),
                notifications: side("notifications"),
                ordering: Arc::new(SqliteOrdering::new(ordering.clone())),
                ordering_database: Arc::new(ordering),
                clock,
                ids,
            };
        }
        let server = PostgresServer::new(target).unwrap();
        let side = async |name| {
            let migrations = notifications::postgres::MIGRATIONS;
            let context: PostgresContext<NotificationsRows> =
                PostgresContext::open(&server, name, migrations, Arc::clone(&clock), ids.as_ref())
                    .await
                    .unwrap();
            Side {
                store: Arc::new(context.clone()),
                database: Arc::new(context),
            }
        };
        let migrations = ordering_infra::postgres::MIGRATIONS;
        let ordering: PostgresContext<OrderingRows> =
            PostgresContext::open(&server, "ordering", migrations, Arc::clone(&clock), ids.as_ref())
                .await
                .unwrap();
        Self {
            accounts: side("accounts").await,
            notifications: side("notifications").await,
            ordering: Arc::new(PostgresOrdering::new(ordering.clone())),
            ordering_database: Arc::new(ordering),
            clock,
            ids,
        }
    }

    /// No event has a consumer.
    pub(crate) fn nobody_takes_anything(&self) {
        for database in [&self.accounts.database, &self.ordering_database] {
            database.consumers_take(HashSet::new());
        }
    }

    /// Starts relays to these consumers, each with the database of its own context.
    pub(crate) fn relay(&self, consumers: Vec<(Consumer, &Arc<dyn ContextDatabase>)>) -> Relays {
        let (stop, stopped) = watch::channel(false);
        let mut running = JoinSet::new();
        let mut consumers: Vec<_> = consumers.into_iter().map(Some).collect();
        for (source, log) in [
            ("accounts", &self.accounts.database),
            ("ordering", &self.ordering_database),
        ] {
            let mut taken = HashSet::new();
            let mut subscriptions = Vec::new();
            for (consumer, own) in consumers
                .iter_mut()
                .filter_map(|place| place.take_if(|(consumer, _)| consumer.source() == source))
            {
                taken.extend(consumer.event_types());
                let dispatcher = Dispatcher::new(
                    Arc::clone(own) as _,
                    Arc::clone(&self.clock),
                    Arc::clone(&self.ids),
                );
                subscriptions.push(Subscription {
                    consumer: Arc::new(consumer),
                    begins_after: 0,
                    transport: Arc::new(dispatcher.clone()),
                    dispatcher,
                });
            }
            log.consumers_take(taken);
            running.spawn(Relay::new(Arc::clone(log) as _, subscriptions).run(stopped.clone()));
        }
        Relays { stop, running }
    }

    /// The meta of a command without a user.
    pub(crate) fn meta(&self) -> CommandMeta {
        CommandMeta::new(Actor::Operator, self.clock.now(), self.ids.as_ref())
    }
}

impl Relays {
    /// Stops them and waits for their end.
    pub(crate) async fn end(self) {
        self.stop.send_replace(true);
        self.running.join_all().await;
    }
}
