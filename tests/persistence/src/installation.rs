//! An installation: both contexts on one engine, the relay between them, and what many tests do with it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering as MemoryOrdering},
    },
    time::Duration,
};

use accounts_app::{
    ChangeEmail, ChangePassword, DeactivateUser, ReactivateUser, RegisterUser, Secret, UserView,
};
use event_delivery::{Dispatcher, EventLog, Relay, Subscription};
use message_bus::{Beginning, CommandMeta, Consumer, Handles, ReactsTo, Unavailable, UseCaseError};
use ordering_app::{CustomerView, Ordering};
use shared_kernel::{
    IntegrationEvent,
    events::{UserAccountCreated, UserDeactivated, UserEmailChanged, UserReactivated},
};
use storage::ContextDatabase;
use tokio::sync::watch;

use crate::stores::{AccountsStore, OrderingStore};

/// How long relaying may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(60);
const PASSWORD: &str = "correct horse battery";

/// Accounts and ordering, each in a database of its own.
pub(crate) struct Installation {
    pub(crate) accounts: AccountsStore,
    pub(crate) accounts_log: Arc<dyn EventLog>,
    pub(crate) accounts_database: Arc<dyn ContextDatabase>,
    pub(crate) ordering: OrderingStore,
    pub(crate) ordering_database: Arc<dyn ContextDatabase>,
}

/// Ordering, when it fails a number of times before it works.
struct Faltering {
    ordering: Ordering,
    failures: AtomicU32,
}

impl<E: IntegrationEvent> ReactsTo<E> for Faltering
where
    Ordering: ReactsTo<E>,
{
    async fn react(&self, event: E, meta: CommandMeta) -> Result<(), UseCaseError> {
        let fails = self
            .failures
            .fetch_update(MemoryOrdering::SeqCst, MemoryOrdering::SeqCst, |left| {
                left.checked_sub(1)
            });
        if fails.is_ok() {
            return Err(Unavailable::dependency("not yet").into());
        }
        self.ordering.react(event, meta).await
    }
}

impl Installation {
    pub(crate) async fn register(&self, email: &str) -> UserView {
        let command = RegisterUser {
            email: email.parse().unwrap(),
            password: Secret::new(PASSWORD.to_owned()),
            caller_address: None,
        };
        let meta = self.accounts.seams.meta();
        self.accounts.face().send(command, meta).await.unwrap()
    }

    pub(crate) async fn move_to(&self, user: &UserView, email: &str) {
        let command = ChangeEmail {
            email: email.parse().unwrap(),
            caller_address: None,
        };
        let meta = self.accounts.seams.by(user.id);
        self.accounts.face().send(command, meta).await.unwrap();
    }

    pub(crate) async fn deactivate(&self, user: &UserView) {
        let command = DeactivateUser { user_id: user.id };
        let meta = self.accounts.seams.meta();
        self.accounts.face().send(command, meta).await.unwrap();
    }

    pub(crate) async fn reactivate(&self, user: &UserView) {
        let command = ReactivateUser { user_id: user.id };
        let meta = self.accounts.seams.meta();
        self.accounts.face().send(command, meta).await.unwrap();
    }

    pub(crate) async fn change_password(&self, user: &UserView) {
        let command = ChangePassword {
            current_password: Secret::new(PASSWORD.to_owned()),
            new_password: Secret::new("another horse altogether".to_owned()),
            keep_session: None,
            caller_address: None,
            device: None,
        };
        let meta = self.accounts.seams.by(user.id);
        self.accounts.face().send(command, meta).await.unwrap();
    }

    pub(crate) async fn customer(&self, user: &UserView) -> CustomerView {
        self.ordering.face().customer(user.id.into()).await.unwrap()
    }

    pub(crate) async fn customer_history(&self, user: &UserView) -> Vec<(u32, String)> {
        self.ordering.customer_history(user.id.into()).await
    }

    /// Relays until every event is published and applied, with ordering failing `failures` times first. The clock
    /// runs fast meanwhile, so that retries come due.
    pub(crate) async fn relay_until_idle(&self, failures: u32) {
        let (stop, running) = self.start_relay(failures);
        let idle = async {
            loop {
                self.ordering.seams.advance_seconds(120);
                let published = self.accounts_database.backlog().await.unwrap().unpublished == 0;
                let applied = self.ordering_database.backlog().await.unwrap().unfinished == 0;
                if published && applied {
                    break;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, idle)
            .await
            .expect("the relay never became idle");
        stop.send(true).unwrap();
        running.await.unwrap();
    }

    /// Relays until nothing is unpublished and pending deliveries were tried. The clock does not move, so that failed
    /// ones stay pending.
    pub(crate) async fn relay_without_retries(&self, failures: u32) {
        let (stop, running) = self.start_relay(failures);
        let published = async {
            while self.accounts_database.backlog().await.unwrap().unpublished > 0
                || !self
                    .ordering_database
                    .due("ordering.users", PATIENCE, 1)
                    .await
                    .unwrap()
                    .is_empty()
            {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, published)
            .await
            .expect("the relay never published all");
        stop.send(true).unwrap();
        running.await.unwrap();
    }

    fn start_relay(&self, failures: u32) -> (watch::Sender<bool>, tokio::task::JoinHandle<()>) {
        let handler = Arc::new(Faltering {
            ordering: self.ordering.face(),
            failures: AtomicU32::new(failures),
        });
        let consumer = Consumer::new("ordering.users", "ordering", "accounts", Beginning::StartOfTheLog)
            .on::<UserAccountCreated, _>(&handler)
            .on::<UserEmailChanged, _>(&handler)
            .on::<UserDeactivated, _>(&handler)
            .on::<UserReactivated, _>(&handler);
        let seams = &self.ordering.seams;
        let dispatcher = Dispatcher::new(
            Arc::clone(&self.ordering_database) as _,
            seams.clock(),
            seams.ids(),
        );
        let subscription = Subscription {
            consumer: Arc::new(consumer),
            begins_after: 0,
            transport: Arc::new(dispatcher.clone()),
            dispatcher,
        };
        let relay = Relay::new(Arc::clone(&self.accounts_log), vec![subscription]);
        let (stop, stopped) = watch::channel(false);
        (stop, tokio::spawn(relay.run(stopped)))
    }
}
