//! Passes over the log.

use std::time::Duration;

use super::*;

const DIRECTLY: Handing = Handing::Directly;
const BY_ROW: Handing = Handing::ByRow;

struct Fixture {
    log: Arc<Log>,
    first: Subscriber,
    second: Subscriber,
    publisher: Publisher,
    progress: Progress,
}

impl Fixture {
    /// A publisher that leads since before the first event.
    async fn new() -> Self {
        let mut fixture = Self::not_leading_yet();
        assert_eq!(fixture.publish().await, More::Nothing);
        fixture
    }

    fn not_leading_yet() -> Self {
        let clock = Arc::new(ManualClock::default());
        let (log, first, second) = (
            Arc::new(Log::default()),
            Subscriber::new("first.users", &clock),
            Subscriber::new("second.users", &clock),
        );
        let routes = [&first, &second].map(|subscriber| Route {
            consumer: Arc::clone(&subscriber.route.consumer),
            begins_after: 0,
            transport: Arc::clone(&subscriber.route.transport),
            courier: subscriber.route.courier.clone(),
        });
        Self {
            publisher: Publisher::new(Arc::clone(&log) as _, routes.into()),
            log,
            first,
            second,
            progress: Progress::default(),
        }
    }

    async fn publish(&mut self) -> More {
        self.publisher.publish(true, &mut self.progress).await.unwrap()
    }
}

#[tokio::test]
async fn an_event_goes_to_each_consumer_and_is_marked() {
    let mut fixture = Fixture::new().await;
    fixture.log.commit(1, 7, 1);
    assert_eq!(fixture.publish().await, More::Nothing);
    assert_eq!(fixture.first.handed(), [(7, 1, DIRECTLY)]);
    assert_eq!(fixture.second.calls(), [(7, 1)]);
    assert_eq!(fixture.log.published(), [1]);
    assert!(!fixture.progress.held_something());
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
    let mut fixture = Fixture::not_leading_yet();
    fixture.log.commit(4, 7, 1);
    fixture.publish().await;
    assert_eq!(fixture.first.handed(), [(7, 1, BY_ROW)]);
    assert!(fixture.first.calls().is_empty());
    assert!(fixture.progress.held_something());
    fixture.log.commit(5, 8, 1);
    // Given its place before the start, committed after it.
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
    let mut fixture = Fixture::new().await;
    fixture.publisher.routes[0].begins_after = 1;
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
    fixture.publish().await;
    assert_eq!(fixture.first.calls(), [(7, 1)]);
    assert_eq!(fixture.first.state_of(7, 2), Some(DeliveryState::Waiting));
    assert_eq!(fixture.second.calls(), [(7, 1), (7, 2)]);
    assert_eq!(fixture.log.published(), [1, 2]);
    assert!(fixture.progress.held_something());
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

    // A mark that does not come for long is lost.
    tokio::time::advance(Duration::from_millis(1)).await;
    *fixture.log.loses_marks.lock().unwrap() = false;
    fixture.publish().await;
    assert_eq!(fixture.first.handed(), [(7, 1, DIRECTLY)]);
    assert_eq!(fixture.first.calls(), [(7, 1)], "the second was a duplicate");
    assert_eq!(fixture.log.published(), [1]);
}

#[tokio::test]
async fn who_no_longer_leads_publishes_nothing_and_forgets_what_it_did() {
    let mut fixture = Fixture::new().await;
    *fixture.log.loses_marks.lock().unwrap() = true;
    fixture.log.commit(1, 7, 1);
    fixture.publish().await;
    fixture.first.handed();
    fixture.log.commit(2, 8, 1);
    let more = fixture.publisher.publish(false, &mut fixture.progress).await;
    assert_eq!(more.unwrap(), More::Nothing);
    assert!(fixture.first.handed().is_empty());
    // Whoever led meanwhile may have been ended by either.
    fixture.publish().await;
    assert_eq!(fixture.first.handed(), [(7, 1, BY_ROW), (8, 1, BY_ROW)]);
}

#[tokio::test]
async fn a_full_page_asks_for_another_pass() {
    let mut fixture = Fixture::new().await;
    for sequence in 1..=i64::from(PAGE) + 1 {
        fixture.log.commit(sequence, sequence.unsigned_abs().into(), 1);
    }
    assert_eq!(fixture.publish().await, More::Waiting);
    assert_eq!(fixture.log.published().len(), PAGE as usize);
    assert_eq!(fixture.publish().await, More::Nothing);
    assert_eq!(fixture.log.published().len(), PAGE as usize + 1);
    fixture.first.block(true);
    for sequence in 1001..=1000 + i64::from(PAGE) {
        fixture.log.commit(sequence, sequence.unsigned_abs().into(), 1);
    }
    assert_eq!(fixture.publish().await, More::Nothing, "a pass that got nowhere");
}
