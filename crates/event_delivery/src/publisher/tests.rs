//! The publisher, over a log and deliveries in memory.

mod log;
mod publishing;
mod working_off;

use std::sync::Mutex;

use async_trait::async_trait;
use message_bus::{Beginning, CommandMeta, Conflict, Envelope, Limits, NewEvent, ReactsTo, UseCaseError};
use shared_kernel::{
    UserId, Version,
    events::{UserDeactivated, UserReactivated},
    in_memory::{CountingIds, ManualClock},
};
use tokio::sync::Notify;
use uuid::Uuid;

use self::log::Log;
use super::*;
use crate::{DeliveryState, Missing, in_memory::DeliveriesInMemory};

/// A handler that applies what it is handed, or fails.
struct Handler {
    store: Arc<DeliveriesInMemory>,
    fails: Mutex<bool>,
    /// Users and versions, in the order of calls.
    calls: Mutex<Vec<(u128, u32)>>,
}

impl Handler {
    fn handle(&self, meta: &CommandMeta) -> Result<(), UseCaseError> {
        let delivery = meta.delivery.unwrap();
        let call = (delivery.aggregate_id.as_u128(), delivery.version.number());
        self.calls.lock().unwrap().push(call);
        if *self.fails.lock().unwrap() {
            return Err(Unavailable::dependency("down").into());
        }
        let applied = self.store.with(delivery.consumer, |state| state.apply(&delivery));
        applied.map_err(|_| Conflict::OthersWereFaster.into())
    }
}

impl ReactsTo<UserDeactivated> for Handler {
    async fn react(&self, _: UserDeactivated, meta: CommandMeta) -> Result<(), UseCaseError> {
        self.handle(&meta)
    }
}

impl ReactsTo<UserReactivated> for Handler {
    async fn react(&self, _: UserReactivated, meta: CommandMeta) -> Result<(), UseCaseError> {
        self.handle(&meta)
    }
}

/// Hands events to one consumer, or fails to.
struct Way {
    dispatcher: Dispatcher,
    blocked: Mutex<bool>,
    /// The user whose events wait until the test lets them go on.
    kept_waiting: Mutex<Option<u128>>,
    go_on: Notify,
    handed: Mutex<Vec<(u128, u32, DeliveryMode)>>,
}

#[async_trait]
impl Transport for Way {
    async fn hand_over(
        &self,
        consumer: &Consumer,
        envelope: &Envelope,
        delivery: Delivery,
        mode: DeliveryMode,
    ) -> Result<Outcome, Unavailable> {
        let handed = (delivery.aggregate_id.as_u128(), delivery.version.number(), mode);
        self.handed.lock().unwrap().push(handed);
        let kept_waiting = *self.kept_waiting.lock().unwrap();
        if kept_waiting == Some(handed.0) {
            self.go_on.notified().await;
        }
        if *self.blocked.lock().unwrap() {
            return Err(Unavailable::dependency("the way is blocked"));
        }
        self.dispatcher
            .hand_over(consumer, envelope, delivery, mode)
            .await
    }
}

/// A consumer with its store and its calls.
struct Subscriber {
    name: &'static str,
    store: Arc<DeliveriesInMemory>,
    handler: Arc<Handler>,
    way: Arc<Way>,
    subscription: Subscription,
}

impl Subscriber {
    fn new(name: &'static str, clock: &Arc<ManualClock>) -> Self {
        let store = Arc::new(DeliveriesInMemory::new(Arc::clone(clock) as _));
        let handler = Arc::new(Handler {
            store: Arc::clone(&store),
            fails: Mutex::default(),
            calls: Mutex::default(),
        });
        let dispatcher = Dispatcher::new(
            Arc::clone(&store) as _,
            Arc::clone(clock) as _,
            Arc::new(CountingIds::default()),
        );
        let way = Arc::new(Way {
            dispatcher: dispatcher.clone(),
            blocked: Mutex::default(),
            kept_waiting: Mutex::default(),
            go_on: Notify::new(),
            handed: Mutex::default(),
        });
        let consumer = Consumer::new(name, "test", "accounts", Beginning::StartOfTheLog)
            .on::<UserDeactivated, _>(&handler);
        let subscription = Subscription {
            consumer: Arc::new(consumer),
            begins_after: 0,
            transport: Arc::clone(&way) as _,
            dispatcher,
        };
        Self {
            name,
            store,
            handler,
            way,
            subscription,
        }
    }

    fn handed(&self) -> Vec<(u128, u32, DeliveryMode)> {
        std::mem::take(&mut self.way.handed.lock().unwrap())
    }

    fn calls(&self) -> Vec<(u128, u32)> {
        std::mem::take(&mut self.handler.calls.lock().unwrap())
    }

    fn block(&self, blocked: bool) {
        *self.way.blocked.lock().unwrap() = blocked;
    }

    fn keep_waiting(&self, user: u128) {
        *self.way.kept_waiting.lock().unwrap() = Some(user);
    }

    fn go_on(&self) {
        *self.way.kept_waiting.lock().unwrap() = None;
        self.way.go_on.notify_one();
    }

    fn fail(&self, fails: bool) {
        *self.handler.fails.lock().unwrap() = fails;
    }

    fn state_of(&self, user: u128, version: u32) -> Option<DeliveryState> {
        let key = (Uuid::from_u128(user), Version::new(version));
        self.store.with(self.name, |kept| {
            kept.row(key.0, key.1).map(|row| row.pending.state)
        })
    }
}
