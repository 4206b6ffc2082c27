//! What is taken from the log, and what happens to it.

use std::time::Duration;

use super::*;
use crate::publisher::publishing::{MARK_PATIENCE, Publishing};

const DIRECTLY: DeliveryMode = DeliveryMode::Inline;
const BY_ROW: DeliveryMode = DeliveryMode::Persisted;

struct Fixture {
    log: Arc<Log>,
    first: Subscriber,
    second: Subscriber,
    publishing: Publishing,
}

impl Fixture {
    /// Has led since before the first event.
    async fn new() -> Self {
        Self::with_beginnings([0, 0]).await
    }

    async fn with_beginnings(begins_after: [i64; 2]) -> Self {
        let mut fixture = Self::not_leading_yet(begins_after);
        fixture.publish().await;
        assert!(fixture.publishing.leads() && !fixture.publishing.has_more());
        fixture
    }

    fn not_leading_yet(begins_after: [i64; 2]) -> Self {
        let clock = Arc::new(ManualClock::default());
        let (log, first, second) = (
            Arc::new(Log::default()),
            Subscriber::new("first.users", &clock),
            Subscriber::new("second.users", &clock),
        );
        let subscriptions =
            [(&first, begins_after[0]), (&second, begins_after[1])].map(|(subscriber, begins_after)| {
                Subscription {
                    consumer: Arc::clone(&subscriber.subscription.consumer),
                    begins_after,
                    transport: Arc::clone(&subscriber.subscription.transport),
                    dispatcher: subscriber.subscription.dispatcher.clone(),
                }
            });
        Self {
            publishing: Publishing::new(Arc::new(Publisher::new(
                Arc::clone(&log) as _,
                subscriptions.into(),
            ))),
            log,
            first,
            second,
        }
    }

    /// Looks into the log once and begins as many groups as may be under way.
    async fn begin(&mut self) {
        let look = self.publishing.look().await;
        self.publishing.take(look).unwrap();
    }

    /// Another process takes the lead; deliveries under way are finished.
    async fn lose_lead(&mut self) {
        *self.log.leads_elsewhere.lock().unwrap() = true;
        tokio::time::advance(Duration::from_secs(1)).await;
        self.publish().await;
        assert!(!self.publishing.leads());
    }

    /// The other process ends.
    async fn lead_again(&mut self) {
        *self.log.leads_elsewhere.lock().unwrap() = false;
        self.publish().await;
    }

    /// Looks into the log once, and waits until everything found is finished. Returns whether a pending delivery was stored.
    async fn publish(&mut self) -> bool {
        self.begin().await;
        let mut pending = false;
        while self.publishing.is_under_way() {
            pending |= self.publishing.await_completions().await;
        }
        pending
    }
}

#[tokio::test]
async fn an_event_goes_to_each_consumer_and_is_marked() {
    let mut fixture = Fixture::new().await;
    fixture.log.commit(1, 7, 1);
    assert!(!fixture.publish().await, "nothing is held");
    assert_eq!(fixture.first.handed(), [(7, 1, DIRECTLY)]);
    assert_eq!(fixture.second.calls(), [(7, 1)]);
    assert_eq!(fixture.log.published(), [1]);
}

#[tokio::test]
async fn an_event_that_nobody_takes_is_marked_and_handed_to_nobody() {
    let mut fixture = Fixture::new().await;
    let event = UserReactivated {
        user_id: UserId::new(Uuid::from_u128(7)),
    };
    let event = NewEvent::delivered(&event, Uuid::from_u128(7), Version::FIRST).unwrap();
    fixture.log.append(1, event);
    fixture.publish().await;
    assert!(fixture.first.handed().is_empty());
    assert_eq!(fixture.log.published(), [1]);
}

#[tokio::test]
async fn what_was_found_at_the_start_goes_by_row_and_what_comes_later_directly() {
    let mut fixture = Fixture::not_leading_yet([0, 0]);
    fixture.log.commit(4, 7, 1);
    assert!(fixture.publish().await, "it is held");
    assert_eq!(fixture.first.handed(), [(7, 1, BY_ROW)]);
    assert!(fixture.first.calls().is_empty());
    fixture.log.commit(5, 8, 1);
    // Its place was given before the start, and it was committed after it.
    fixture.log.commit(3, 9, 1);
    fixture.publish().await;
    assert_eq!(fixture.first.handed(), [(9, 1, BY_ROW), (8, 1, DIRECTLY)]);
}

#[tokio::test]
async fn events_of_an_aggregate_go_in_the_order_of_their_versions() {
    let mut fixture = Fixture::new().await;
    fixture.log.commit(3, 7, 1);
    fixture.log.commit(1, 7, 2);
    fixture.log.commit(2, 7, 3);
    fixture.publish().await;
    assert_eq!(fixture.first.calls(), [(7, 1), (7, 2), (7, 3)]);
}

#[tokio::test]
async fn a_consumer_takes_nothing_from_before_its_beginning() {
    let mut fixture = Fixture::with_beginnings([1, 0]).await;
    fixture.log.commit(1, 7, 1);
    fixture.log.commit(2, 7, 2);
    fixture.publish().await;
    assert_eq!(fixture.first.calls(), [(7, 2)]);
    assert_eq!(fixture.second.calls(), [(7, 1), (7, 2)]);
}

#[tokio::test]
async fn a_consumer_that_cannot_be_reached_keeps_its_event_from_no_other() {
    let mut fixture = Fixture::new().await;
    fixture.first.block(true);
    fixture.log.commit(1, 7, 1);
    fixture.log.commit(2, 7, 2);
    fixture.log.commit(3, 8, 1);
    fixture.publish().await;
    assert_eq!(fixture.second.calls(), [(7, 1), (8, 1)]);
    assert!(
        fixture.log.published().is_empty(),
        "one consumer has not got them"
    );
    fixture.first.block(false);
    fixture.publish().await;
    assert_eq!(fixture.first.calls(), [(7, 1), (7, 2), (8, 1)]);
    assert_eq!(fixture.second.calls(), [(7, 2)], "duplicates change nothing");
    assert_eq!(fixture.log.published(), [1, 2, 3]);
}

#[tokio::test]
async fn a_handler_that_fails_keeps_its_event_from_no_other() {
    let mut fixture = Fixture::new().await;
    fixture.first.fail(true);
    fixture.log.commit(1, 7, 1);
    fixture.log.commit(2, 7, 2);
    assert!(fixture.publish().await, "both are held");
    assert_eq!(fixture.first.calls(), [(7, 1)]);
    assert_eq!(fixture.first.state_of(7, 2), Some(DeliveryState::Waiting));
    assert_eq!(fixture.second.calls(), [(7, 1), (7, 2)]);
    assert_eq!(fixture.log.published(), [1, 2]);
}

#[tokio::test(start_paused = true)]
async fn events_whose_marks_are_not_seen_yet_are_not_published_twice() {
    let mut fixture = Fixture::new().await;
    *fixture.log.loses_marks.lock().unwrap() = true;
    fixture.log.commit(1, 7, 1);
    fixture.publish().await;
    assert_eq!(fixture.first.handed(), [(7, 1, DIRECTLY)]);
    tokio::time::advance(MARK_PATIENCE - Duration::from_millis(1)).await;
    fixture.publish().await;
    assert!(fixture.first.handed().is_empty());

    // A mark that is not committed in time counts as lost.
    tokio::time::advance(Duration::from_millis(1)).await;
    *fixture.log.loses_marks.lock().unwrap() = false;
    fixture.publish().await;
    assert_eq!(fixture.first.handed(), [(7, 1, DIRECTLY)]);
    assert_eq!(fixture.first.calls(), [(7, 1)], "the second was a duplicate");
    assert_eq!(fixture.log.published(), [1]);
}

#[tokio::test(start_paused = true)]
async fn the_lead_is_asked_for_again_when_it_may_have_been_lost() {
    let mut fixture = Fixture::new().await;
    assert_eq!(fixture.log.asked(), 1);
    tokio::time::advance(Duration::from_millis(999)).await;
    fixture.publish().await;
    assert_eq!(fixture.log.asked(), 1);
    tokio::time::advance(Duration::from_millis(1)).await;
    fixture.publish().await;
    assert_eq!(fixture.log.asked(), 2);
}

#[tokio::test(start_paused = true)]
async fn who_no_longer_leads_publishes_nothing_and_forgets_what_it_did() {
    let mut fixture = Fixture::new().await;
    *fixture.log.loses_marks.lock().unwrap() = true;
    fixture.log.commit(1, 7, 1);
    fixture.publish().await;
    fixture.first.handed();
    fixture.log.commit(2, 8, 1);
    fixture.lose_lead().await;
    assert!(fixture.first.handed().is_empty());
    // Either event may have ended the leader in between.
    fixture.lead_again().await;
    assert_eq!(fixture.first.handed(), [(7, 1, BY_ROW), (8, 1, BY_ROW)]);
}

#[tokio::test(start_paused = true)]
async fn what_was_under_way_when_the_lead_was_lost_is_not_marked() {
    let mut fixture = Fixture::new().await;
    fixture.log.commit(1, 7, 1);
    fixture.begin().await;
    fixture.lose_lead().await;
    assert_eq!(fixture.first.calls(), [(7, 1)], "it went on");
    assert!(fixture.log.published().is_empty());
    fixture.lead_again().await;
    assert_eq!(fixture.log.published(), [1]);
    assert!(fixture.first.calls().is_empty(), "the second was a duplicate");
}

#[tokio::test]
async fn a_full_page_asks_for_another_look() {
    let mut fixture = Fixture::new().await;
    for sequence in 1..=i64::from(PAGE) + 1 {
        fixture.log.commit(sequence, sequence.unsigned_abs().into(), 1);
    }
    fixture.publish().await;
    assert!(fixture.publishing.has_more());
    assert_eq!(fixture.log.published().len(), PAGE as usize);
    fixture.publish().await;
    assert!(!fixture.publishing.has_more());
    assert_eq!(fixture.log.published().len(), PAGE as usize + 1);
    fixture.first.block(true);
    for sequence in 1001..=1000 + i64::from(PAGE) {
        fixture.log.commit(sequence, sequence.unsigned_abs().into(), 1);
    }
    fixture.publish().await;
    assert!(!fixture.publishing.has_more(), "nothing got on");
}

#[tokio::test]
async fn an_aggregate_that_takes_its_time_keeps_no_other_waiting() {
    let mut fixture = Fixture::new().await;
    fixture.first.keep_waiting(7);
    fixture.log.commit(1, 7, 1);
    fixture.begin().await;
    fixture.log.commit(2, 8, 1);
    fixture.log.commit(3, 7, 2);
    fixture.begin().await;
    fixture.publishing.await_completions().await;
    assert_eq!(fixture.log.published(), [2]);
    assert_eq!(fixture.first.handed(), [(7, 1, DIRECTLY), (8, 1, DIRECTLY)]);
    assert!(!fixture.publishing.has_more());

    // The aggregate's later events are looked for when it is finished.
    fixture.first.go_on();
    fixture.publishing.await_completions().await;
    assert_eq!(fixture.log.published(), [1, 2]);
    assert!(fixture.publishing.has_more());
    fixture.publish().await;
    assert_eq!(fixture.first.handed(), [(7, 2, DIRECTLY)]);
    assert_eq!(fixture.log.published(), [1, 2, 3]);
}
