//! The dispatcher, over a store in memory and a handler whose results each test sets.

mod handing_over;
mod trying_again;

use std::sync::Mutex;

use message_bus::{Actor, Beginning, CommitError, Conflict, NewEvent, NotFound, ReactsTo, UseCaseError};
use shared_kernel::{
    EventId, Timestamp, UserId, Version,
    events::UserDeactivated,
    in_memory::{CountingIds, ManualClock},
};
use uuid::Uuid;

use super::*;
use crate::in_memory::{ConsumerState, DeliveriesInMemory, DeliveryRow};

const CONSUMER: &str = "test.users";
const USER: Uuid = Uuid::from_u128(7);
const LIMITS: Limits = Limits {
    attempts: 3,
    interruptions: 2,
    deadline_milliseconds: 2_000,
    longest_pause_milliseconds: 1_000,
    at_once: 4,
};

/// What the handler does with the next event.
#[derive(Clone, Copy)]
enum Does {
    Apply,
    FailTransiently,
    FailForGood,
    Conflict,
    Panic,
    /// Applies it, and returns too late.
    ApplyAndStall,
}

/// A handler over the store: what is applied moves the position, as one write set does.
struct Handler {
    store: Arc<DeliveriesInMemory>,
    does: Mutex<Does>,
    calls: Mutex<Vec<u32>>,
}

impl ReactsTo<UserDeactivated> for Handler {
    async fn react(&self, _: UserDeactivated, meta: CommandMeta) -> Result<(), UseCaseError> {
        assert_eq!(meta.actor, Actor::Consumer(CONSUMER));
        let delivery = meta.delivery.unwrap();
        self.calls.lock().unwrap().push(delivery.version.number());
        let does = *self.does.lock().unwrap();
        match does {
            Does::Apply => self.apply(&delivery),
            Does::FailTransiently => Err(Unavailable::dependency("down").into()),
            Does::FailForGood => Err(NotFound { what: "user" }.into()),
            Does::Conflict => Err(Conflict::OthersWereFaster.into()),
            Does::Panic => panic!("a handler that panics"),
            Does::ApplyAndStall => {
                self.apply(&delivery)?;
                std::future::pending().await
            }
        }
    }
}

impl Handler {
    fn apply(&self, delivery: &Delivery) -> Result<(), UseCaseError> {
        let applied = self.store.with(CONSUMER, |state| state.apply(delivery));
        applied.map_err(|error| match error {
            CommitError::AlreadyApplied | CommitError::DeliveryGap { .. } => {
                Conflict::OthersWereFaster.into()
            }
            other => UseCaseError::defect(other),
        })
    }
}

struct Fixture {
    clock: Arc<ManualClock>,
    handler: Arc<Handler>,
    consumer: Consumer,
    dispatcher: Dispatcher,
}

impl Fixture {
    /// A consumer with [`LIMITS`]. Each test adds its delivery mode.
    fn new(does: Does) -> Self {
        let clock = Arc::new(ManualClock::default());
        let store = Arc::new(DeliveriesInMemory::new(Arc::clone(&clock) as _));
        let handler = Arc::new(Handler {
            store: Arc::clone(&store),
            does: Mutex::new(does),
            calls: Mutex::default(),
        });
        Self {
            consumer: Consumer::new(CONSUMER, "test", "accounts", Beginning::StartOfTheLog)
                .calling_outside(LIMITS)
                .on::<UserDeactivated, _>(&handler),
            dispatcher: Dispatcher::new(store, Arc::clone(&clock) as _, Arc::new(CountingIds::default())),
            clock,
            handler,
        }
    }

    async fn hand_over(&self, version: u32, mode: DeliveryMode) -> Outcome {
        self.dispatcher
            .hand_over(&self.consumer, &envelope(version), delivery(version), mode)
            .await
            .unwrap()
    }

    async fn hand_over_directly(&self, version: u32) -> Outcome {
        self.hand_over(version, DeliveryMode::Inline).await
    }

    fn next_time(&self, does: Does) {
        *self.handler.does.lock().unwrap() = does;
    }

    async fn due(&self) -> Vec<PendingDelivery> {
        self.dispatcher.due(&self.consumer, 10).await.unwrap()
    }

    /// Tries the one delivery that is due, once its time has come.
    async fn retry(&self) -> Outcome {
        self.clock.advance_seconds(2);
        let due = self.due().await;
        assert_eq!(due.len(), 1, "found {due:?} to be tried");
        self.dispatcher.retry(&self.consumer, &due[0]).await.unwrap()
    }

    /// Begins an attempt at the delivery that is due, and ends with the process.
    async fn retry_and_end_with_the_process(&self) {
        self.clock.advance_seconds(2);
        let pending = self.due().await.remove(0);
        self.next_time(Does::ApplyAndStall);
        let attempt = self.dispatcher.retry(&self.consumer, &pending).now_or_never();
        assert_eq!(attempt.map(Result::unwrap), None, "the attempt ended");
        self.next_time(Does::Apply);
    }

    fn state<T>(&self, ask: impl FnOnce(&mut ConsumerState) -> T) -> T {
        self.handler.store.with(CONSUMER, ask)
    }

    fn row(&self, version: u32) -> DeliveryRow {
        self.state(|state| state.row(USER, Version::new(version)).cloned())
            .expect("the delivery is held")
    }

    fn has_row(&self, version: u32) -> bool {
        self.state(|state| state.row(USER, Version::new(version)).is_some())
    }

    fn replay(&self, version: u32) {
        let now = self.clock.now();
        self.state(|state| state.replay(USER, Version::new(version), now));
    }

    fn position(&self) -> u32 {
        self.state(|state| state.position(USER)).number()
    }

    fn calls(&self) -> Vec<u32> {
        self.handler.calls.lock().unwrap().clone()
    }
}

fn delivery(version: u32) -> Delivery {
    Delivery {
        consumer: CONSUMER,
        event_id: EventId::new(Uuid::from_u128(version.into())),
        aggregate_id: USER,
        version: Version::new(version),
        previous_version: Version::new(version - 1),
    }
}

fn envelope(version: u32) -> Envelope {
    let event = UserDeactivated {
        user_id: UserId::new(USER),
    };
    let event = NewEvent::delivered(&event, USER, Version::new(version)).unwrap();
    let now = Timestamp::from_microseconds(0).unwrap();
    let meta = CommandMeta::new(Actor::Operator, now, &CountingIds::default());
    Envelope::new(event, delivery(version).event_id, "accounts", &meta)
}

const PENDING_UNTRIED: Outcome = Outcome::Pending { error: None };

fn error_of(outcome: Outcome) -> HandlingError {
    match outcome {
        Outcome::Pending { error: Some(error) } => error,
        other => panic!("found {other:?}, expected a failure"),
    }
}
