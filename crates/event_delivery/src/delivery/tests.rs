//! Each decision at its boundary.

use shared_kernel::EventId;
use uuid::Uuid;

use super::*;

fn delivery(version: u32, previous: u32) -> Delivery {
    Delivery {
        consumer: "test.users",
        event_id: EventId::new(Uuid::nil()),
        aggregate_id: Uuid::nil(),
        version: Version::new(version),
        previous_version: Version::new(previous),
    }
}

fn at(position: u32, held_from: Option<u32>) -> ConsumerProgress {
    ConsumerProgress {
        position: Version::new(position),
        held_from: held_from.map(Version::new),
        paused: false,
    }
}

#[test]
fn the_next_event_is_attempted() {
    assert_eq!(at(0, None).arrival_of(&delivery(1, 0)), Arrival::Attempt);
    assert_eq!(at(3, None).arrival_of(&delivery(7, 3)), Arrival::Attempt);
}

#[test]
fn an_event_at_or_below_the_position_is_a_duplicate() {
    assert_eq!(at(3, None).arrival_of(&delivery(3, 2)), Arrival::Duplicate);
    assert_eq!(at(3, Some(5)).arrival_of(&delivery(2, 1)), Arrival::Duplicate);
}

#[test]
fn an_event_whose_predecessor_is_missing_waits() {
    assert_eq!(at(3, None).arrival_of(&delivery(5, 4)), Arrival::Wait);
}

#[test]
fn followers_of_a_held_delivery_wait_and_the_head_goes_on_from_its_row() {
    assert_eq!(at(3, Some(4)).arrival_of(&delivery(5, 4)), Arrival::Wait);
    assert_eq!(at(3, Some(4)).arrival_of(&delivery(4, 3)), Arrival::Pending);
}

#[test]
fn a_follower_waits_also_when_the_log_no_longer_says_what_came_before_it() {
    assert_eq!(at(3, Some(4)).arrival_of(&delivery(5, 3)), Arrival::Wait);
}

#[test]
fn what_was_missing_is_attempted_before_the_follower_that_waits_for_it() {
    assert_eq!(at(3, Some(5)).arrival_of(&delivery(4, 3)), Arrival::Attempt);
}

#[test]
fn a_paused_consumer_is_handed_nothing_and_still_knows_a_duplicate() {
    let paused = |position| ConsumerProgress {
        paused: true,
        ..at(position, None)
    };
    assert_eq!(paused(3).arrival_of(&delivery(4, 3)), Arrival::Wait);
    assert_eq!(paused(4).arrival_of(&delivery(4, 3)), Arrival::Duplicate);
}

#[test]
fn the_error_decides_and_the_last_attempt_that_is_allowed_kills() {
    let now = Timestamp::from_microseconds(0).unwrap();
    let limits = Limits {
        attempts: 3,
        ..Limits::default()
    };
    let after = |error: &HandlingError, attempt| after_failure(error, attempt, &limits, now, 7_000);
    let transient = HandlingError::Transient("down".to_owned());
    assert!(matches!(after(&transient, 1), DeliveryState::Retrying { .. }));
    assert!(matches!(after(&transient, 2), DeliveryState::Retrying { .. }));
    assert_eq!(after(&transient, 3), DeliveryState::Dead);
    let conflict = HandlingError::Conflict("faster".to_owned());
    assert!(matches!(after(&conflict, 2), DeliveryState::Retrying { .. }));
    assert_eq!(after(&conflict, 3), DeliveryState::Dead);
    let permanent = HandlingError::Permanent("never".to_owned());
    assert_eq!(after(&permanent, 1), DeliveryState::Dead);
}

#[test]
fn backoff_doubles_up_to_the_cap_and_is_never_nothing() {
    assert_eq!(backoff_milliseconds(1, 60_000, 199), 199);
    assert_eq!(backoff_milliseconds(1, 60_000, 200), 50);
    assert_eq!(backoff_milliseconds(2, 60_000, 399), 399);
    for attempt in [1, 2, 10, 1000, u32::MAX] {
        for random in [0, 1, 59_999, 60_000, u64::MAX] {
            let pause = backoff_milliseconds(attempt, 60_000, random);
            assert!((50..60_000).contains(&pause), "{attempt}: {pause}");
        }
    }
    assert_eq!(backoff_milliseconds(1000, 60_000, 59_999), 59_999);
}
