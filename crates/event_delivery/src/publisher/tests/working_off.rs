//! Passes over a consumer's pending deliveries, and gaps.

use super::*;

struct Fixture {
    clock: Arc<ManualClock>,
    log: Arc<Log>,
    subscriber: Subscriber,
    publisher: Publisher,
}

impl Fixture {
    fn new() -> Self {
        let clock = Arc::new(ManualClock::default());
        let log = Arc::new(Log::default());
        Self {
            subscriber: Subscriber::new("test.users", &clock),
            publisher: Publisher::new(Arc::clone(&log) as _, Vec::new()),
            clock,
            log,
        }
    }

    /// Hands over version 2 of a user whose version 1 was published and never arrived.
    async fn with_a_gap() -> Self {
        let fixture = Self::new();
        fixture.log.commit(1, 7, 1);
        fixture.log.commit(2, 7, 2);
        fixture.log.mark_published(vec![1, 2]);
        fixture.hand_over(7, 2).await;
        fixture.clock.advance_seconds(11);
        fixture
    }

    async fn hand_over(&self, user: u128, version: u32) {
        let envelope = {
            let rows = self.log.rows();
            let mut envelopes = rows.iter().map(|row| &row.event.envelope);
            let wanted = (Uuid::from_u128(user), Version::new(version));
            let found =
                envelopes.find(|envelope| (envelope.aggregate_id, envelope.aggregate_version) == wanted);
            found.unwrap().clone()
        };
        let delivery = Delivery {
            consumer: self.subscriber.name,
            event_id: envelope.event_id,
            aggregate_id: envelope.aggregate_id,
            version: envelope.aggregate_version,
            previous_version: Version::new(version - 1),
        };
        let subscription = &self.subscriber.subscription;
        let handed_over = subscription.transport.hand_over(
            &subscription.consumer,
            &envelope,
            delivery,
            DeliveryMode::Persisted,
        );
        handed_over.await.unwrap();
    }

    async fn work_off(&self) -> More {
        self.publisher
            .work_off(&self.subscriber.subscription)
            .await
            .unwrap()
    }

    async fn close_gaps(&self) {
        self.publisher
            .close_gaps(&self.subscriber.subscription)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn what_is_held_is_worked_off_in_order_and_all_aggregates_at_once() {
    let fixture = Fixture::new();
    for (sequence, user, version) in [(1, 7, 1), (2, 7, 2), (3, 8, 1)] {
        fixture.log.commit(sequence, user, version);
        fixture.hand_over(user, version).await;
    }
    assert_eq!(fixture.work_off().await, More::Waiting);
    assert_eq!(fixture.subscriber.calls(), [(7, 1), (8, 1)]);
    assert_eq!(fixture.work_off().await, More::Waiting);
    assert_eq!(fixture.subscriber.calls(), [(7, 2)]);
    assert_eq!(fixture.work_off().await, More::Nothing);
}

#[tokio::test]
async fn a_failure_is_not_tried_again_at_once() {
    let fixture = Fixture::new();
    fixture.log.commit(1, 7, 1);
    fixture.hand_over(7, 1).await;
    fixture.subscriber.fail(true);
    assert_eq!(fixture.work_off().await, More::Nothing);
    assert_eq!(fixture.work_off().await, More::Nothing);
    assert_eq!(fixture.subscriber.calls(), [(7, 1)]);
}

#[tokio::test]
async fn a_consumer_is_tried_with_no_more_at_once_than_it_may_be() {
    let mut fixture = Fixture::new();
    let limits = Limits {
        at_once: 2,
        ..Limits::default()
    };
    let consumer = Consumer::new("test.users", "test", "accounts", Beginning::StartOfTheLog)
        .calling_outside(limits)
        .on::<UserDeactivated, _>(&fixture.subscriber.handler);
    fixture.subscriber.subscription.consumer = Arc::new(consumer);
    fixture.subscriber.fail(true);
    for user in 1..=3_u8 {
        fixture.log.commit(user.into(), user.into(), 1);
        fixture.hand_over(user.into(), 1).await;
        fixture.clock.advance_seconds(1);
    }
    assert_eq!(fixture.work_off().await, More::Waiting, "as many as may be");
    assert_eq!(fixture.subscriber.calls(), [(1, 1), (2, 1)]);
    assert_eq!(fixture.work_off().await, More::Nothing);
    assert_eq!(fixture.subscriber.calls(), [(3, 1)]);
}

#[tokio::test]
async fn what_never_arrived_is_driven_again_and_the_gap_closes() {
    let fixture = Fixture::with_a_gap().await;
    fixture.close_gaps().await;
    let missing = Missing {
        aggregate_type: "user".to_owned(),
        aggregate_id: Uuid::from_u128(7),
        after: Version::NEVER_STORED,
        up_to: Version::new(1),
    };
    assert_eq!(*fixture.log.driven.lock().unwrap(), [missing]);
    assert_eq!(fixture.log.published(), [2]);
    assert_eq!(fixture.work_off().await, More::Nothing);
    fixture.hand_over(7, 1).await;
    assert_eq!(fixture.work_off().await, More::Waiting);
    assert_eq!(fixture.work_off().await, More::Waiting);
    assert_eq!(fixture.subscriber.calls(), [(7, 1), (7, 2)]);
}

#[tokio::test]
async fn a_gap_that_can_never_close_is_dead() {
    let fixture = Fixture::with_a_gap().await;
    fixture.log.forget(1);
    fixture.close_gaps().await;
    assert_eq!(fixture.subscriber.state_of(7, 2), Some(DeliveryState::Dead));
    let id = Uuid::from_u128(7);
    let row = fixture
        .subscriber
        .store
        .with("test.users", |kept| kept.row(id, Version::new(2)).cloned());
    assert_eq!(
        row.unwrap().pending.last_error.unwrap(),
        "found the consumer at version 0, expected 1, which the log of accounts no longer holds"
    );
}

#[tokio::test]
async fn a_gap_is_given_time_to_close_by_itself() {
    let fixture = Fixture::with_a_gap().await;
    fixture.clock.advance_seconds(-1);
    fixture.close_gaps().await;
    assert!(fixture.log.driven.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_gap_that_closed_meanwhile_is_left_alone() {
    let fixture = Fixture::with_a_gap().await;
    let subscription = &fixture.subscriber.subscription;
    let gap = subscription
        .dispatcher
        .gaps(&subscription.consumer, 10, 1)
        .await
        .unwrap()
        .remove(0);
    fixture.hand_over(7, 1).await;
    fixture.work_off().await;
    fixture.log.forget(1);
    fixture.publisher.close_gap(subscription, &gap).await.unwrap();
    assert!(fixture.log.driven.lock().unwrap().is_empty());
    assert_eq!(fixture.subscriber.state_of(7, 2), Some(DeliveryState::Waiting));
}
