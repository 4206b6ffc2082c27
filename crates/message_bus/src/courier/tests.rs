//! The courier, over a store in memory and a handler that does as it is told.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard},
};

use shared_kernel::{
    EventId, Timestamp, UserId, Version,
    events::{UserDeactivated, UserReactivated},
    in_memory::{CountingIds, ManualClock},
};
use uuid::Uuid;

use super::*;
use crate::{Actor, Beginning, Conflict, NewEvent, ReactsTo, UseCaseError};

const USER: Uuid = Uuid::from_u128(7);

/// What the handler does with the next event.
#[derive(Clone, Copy)]
enum Does {
    Apply,
    FailTransiently,
    FailForGood,
    Panic,
}

#[derive(Default)]
struct State {
    position: Version,
    held: BTreeMap<u32, HeldDelivery>,
    applied: Vec<u32>,
}

/// Store and handler in one: what is applied moves the position, as one write set does.
struct Context {
    state: Mutex<State>,
    does: Mutex<Does>,
    clock: Arc<ManualClock>,
}

impl Context {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

impl ReactsTo<UserDeactivated> for Context {
    async fn react(&self, _: UserDeactivated, meta: CommandMeta) -> Result<(), UseCaseError> {
        assert_eq!(meta.actor, Actor::Consumer("test.users"));
        let does = *self.does.lock().unwrap();
        match does {
            Does::Apply => {
                let version = meta.delivery.unwrap().version;
                let mut state = self.state();
                state.position = version;
                state.applied.push(version.number());
                Ok(())
            }
            Does::FailTransiently => Err(Unavailable::dependency("down").into()),
            Does::FailForGood => Err(Conflict::OthersWereFaster.into()),
            Does::Panic => panic!("a handler that panics"),
        }
    }
}

#[async_trait]
impl DeliveryStore for Context {
    async fn standing(&self, _: &Delivery) -> Result<Standing, Unavailable> {
        let state = self.state();
        let held_from = state.held.values().find(|held| held.state != DeliveryState::Done);
        Ok(Standing {
            position: state.position,
            held_from: held_from.map(|held| held.delivery.version),
        })
    }

    async fn hold(&self, held: &HeldDelivery) -> Result<(), Unavailable> {
        self.state()
            .held
            .insert(held.delivery.version.number(), held.clone());
        Ok(())
    }

    async fn due(&self, _: &'static str, _: u32) -> Result<Vec<HeldDelivery>, Unavailable> {
        let now = self.clock.now();
        let state = self.state();
        let earliest = state.held.values().find(|held| held.state != DeliveryState::Done);
        Ok(earliest
            .into_iter()
            .filter(|held| match held.state {
                DeliveryState::Retrying { next_attempt_at } => next_attempt_at <= now,
                DeliveryState::Waiting => true,
                DeliveryState::Done | DeliveryState::Dead => false,
            })
            .cloned()
            .collect())
    }
}

struct Fixture {
    context: Arc<Context>,
    consumer: Consumer,
    courier: Courier,
}

impl Fixture {
    fn new(does: Does) -> Self {
        let clock = Arc::new(ManualClock::default());
        let context = Arc::new(Context {
            state: Mutex::default(),
            does: Mutex::new(does),
            clock: Arc::clone(&clock),
        });
        let consumer = Consumer::new("test.users", "test", "accounts", Beginning::StartOfTheLog)
            .on::<UserDeactivated, _>(&context);
        let courier = Courier::new(Arc::clone(&context) as _, clock, Arc::new(CountingIds::default()));
        Self {
            context,
            consumer,
            courier,
        }
    }

    async fn deliver(&self, version: u32) -> Outcome {
        let delivery = Delivery {
            consumer: "test.users",
            event_id: EventId::new(Uuid::from_u128(version.into())),
            aggregate_id: USER,
            version: Version::new(version),
            previous_version: Version::new(version - 1),
        };
        self.courier
            .deliver(&self.consumer, &envelope(version), delivery)
            .await
            .unwrap()
    }

    fn next_time(&self, does: Does) {
        *self.context.does.lock().unwrap() = does;
    }

    /// Tries what is due, with the clock moved on, until nothing is.
    async fn retry_all(&self) {
        loop {
            self.context.clock.advance_seconds(120);
            let due = self.courier.due(&self.consumer, 10).await.unwrap();
            if due.is_empty() {
                return;
            }
            for held in due {
                self.courier.retry(&self.consumer, held).await.unwrap();
            }
        }
    }

    fn applied(&self) -> Vec<u32> {
        self.context.state().applied.clone()
    }
}

fn envelope(version: u32) -> Envelope {
    let event = UserDeactivated {
        user_id: UserId::new(USER),
    };
    let event = NewEvent::delivered(&event, USER, Version::new(version)).unwrap();
    let now = Timestamp::from_microseconds(0).unwrap();
    let meta = CommandMeta::new(Actor::Operator, now, &CountingIds::default());
    Envelope::new(
        event,
        EventId::new(Uuid::from_u128(version.into())),
        "accounts",
        &meta,
    )
}

#[tokio::test]
async fn a_redelivered_event_changes_nothing() {
    let fixture = Fixture::new(Does::Apply);
    assert_eq!(fixture.deliver(1).await, Outcome::Applied);
    assert_eq!(fixture.deliver(1).await, Outcome::Applied);
    assert_eq!(fixture.applied(), [1]);
}

#[tokio::test]
async fn a_failure_is_held_and_its_followers_wait_in_order() {
    let fixture = Fixture::new(Does::FailTransiently);
    assert!(matches!(
        fixture.deliver(1).await,
        Outcome::Held { error: Some(_) }
    ));
    fixture.next_time(Does::Apply);
    assert_eq!(fixture.deliver(2).await, Outcome::Held { error: None });
    assert_eq!(fixture.deliver(3).await, Outcome::Held { error: None });
    assert!(fixture.applied().is_empty(), "nothing overtakes the head");
    fixture.retry_all().await;
    assert_eq!(fixture.applied(), [1, 2, 3]);
}

#[tokio::test]
async fn an_event_published_again_leaves_its_row_and_its_attempts_alone() {
    let fixture = Fixture::new(Does::FailTransiently);
    fixture.deliver(1).await;
    let held = fixture.context.state().held[&1].clone();
    assert_eq!(fixture.deliver(1).await, Outcome::Held { error: None });
    assert_eq!(fixture.context.state().held[&1], held);
}

#[tokio::test]
async fn every_failure_is_retried_whatever_its_kind() {
    for does in [Does::FailTransiently, Does::FailForGood, Does::Panic] {
        let fixture = Fixture::new(does);
        let Outcome::Held { error: Some(_) } = fixture.deliver(1).await else {
            panic!("not held");
        };
        fixture.next_time(Does::Apply);
        fixture.retry_all().await;
        assert_eq!(fixture.applied(), [1]);
        let held = fixture.context.state().held[&1].clone();
        assert_eq!((held.state, held.attempts), (DeliveryState::Done, 2));
    }
}

#[tokio::test]
async fn an_event_before_its_predecessor_waits_for_it() {
    let fixture = Fixture::new(Does::Apply);
    assert!(matches!(
        fixture.deliver(2).await,
        Outcome::Held {
            error: Some(HandlingError::Transient(_))
        }
    ));
    assert_eq!(fixture.deliver(1).await, Outcome::Applied);
    fixture.retry_all().await;
    assert_eq!(fixture.applied(), [1, 2]);
}

#[tokio::test]
async fn a_newer_schema_and_an_unknown_type_are_refused_by_name() {
    let fixture = Fixture::new(Does::Apply);
    let meta = CommandMeta::new(
        Actor::Operator,
        fixture.context.clock.now(),
        &CountingIds::default(),
    );
    let mut newer = envelope(1);
    newer.schema_version = 2;
    let error = fixture.consumer.handle(newer, meta.clone()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "permanent: found UserDeactivated version 2, expected at most 1"
    );
    let mut other = envelope(1);
    other.event_type = <UserReactivated as shared_kernel::IntegrationEvent>::TYPE.to_owned();
    let error = fixture.consumer.handle(other, meta.clone()).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "permanent: test.users does not take UserReactivated"
    );
    let mut unreadable = envelope(1);
    unreadable.data = serde_json::json!({ "user_id": 7 });
    let error = fixture.consumer.handle(unreadable, meta).await.unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("permanent: unreadable UserDeactivated"),
        "{error}"
    );
}
