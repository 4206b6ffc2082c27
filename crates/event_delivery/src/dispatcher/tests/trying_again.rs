//! Pending deliveries.

use super::*;

/// A delivery that waits in its row, untried.
async fn pending_by_row() -> Fixture {
    let fixture = Fixture::new(Does::Apply);
    fixture.hand_over(1, DeliveryMode::Persisted).await;
    fixture
}

#[tokio::test]
async fn an_attempt_counts_from_when_it_begins() {
    let fixture = pending_by_row().await;
    fixture.retry_and_end_with_the_process().await;
    let row = fixture.row(1);
    assert_eq!((row.pending.attempts, row.pending.interruptions), (1, 1));
    assert_eq!(row.attempts[0].ended_at, None);
    // It is not tried before the deadline has passed, since the attempt may go on elsewhere.
    let DeliveryState::Retrying { next_attempt_at } = row.pending.state else {
        panic!("found {:?}, expected it to be retrying", row.pending.state);
    };
    assert_eq!(next_attempt_at, row.attempts[0].began_at.plus_milliseconds(2_000));
}

#[tokio::test]
async fn what_was_applied_before_the_process_ended_is_not_applied_again() {
    let fixture = pending_by_row().await;
    fixture.retry_and_end_with_the_process().await;
    assert_eq!(fixture.position(), 1);
    assert_eq!(fixture.retry().await, Outcome::Applied);
    let row = fixture.row(1);
    assert_eq!(
        (row.pending.state, row.pending.attempts),
        (DeliveryState::Done, 1)
    );
    assert_eq!(fixture.calls(), [1]);
}

#[tokio::test]
async fn what_keeps_ending_the_process_is_dead_after_so_many_interruptions() {
    let fixture = Fixture::new(Does::Apply);
    fixture.hand_over(1, DeliveryMode::Persisted).await;
    for _ in 0..LIMITS.interruptions {
        fixture.clock.advance_seconds(2);
        let pending = fixture.due().await.remove(0);
        let (now, later) = (fixture.clock.now(), fixture.clock.now().plus_seconds(2));
        assert!(fixture.state(|state| state.begin_attempt(&pending, now, later)));
    }
    let error = error_of(fixture.retry().await);
    assert_eq!(
        error.to_string(),
        "permanent: 2 attempts in a row ended with the process"
    );
    let row = fixture.row(1);
    assert_eq!(
        (row.pending.state, row.pending.attempts),
        (DeliveryState::Dead, 2)
    );
    assert_eq!(row.pending.last_error, Some(error.to_string()));
    assert!(fixture.calls().is_empty());

    fixture.replay(1);
    assert_eq!(fixture.retry().await, Outcome::Applied, "a replay forgives them");
}

#[tokio::test]
async fn an_attempt_that_ends_breaks_a_row_of_interruptions() {
    let fixture = pending_by_row().await;
    for _ in 0..3 {
        fixture.clock.advance_seconds(2);
        let pending = fixture.due().await.remove(0);
        let (now, later) = (fixture.clock.now(), fixture.clock.now().plus_seconds(2));
        if pending.interruptions == 1 {
            fixture.next_time(Does::Conflict);
            error_of(fixture.retry().await);
        } else {
            assert!(fixture.state(|state| state.begin_attempt(&pending, now, later)));
        }
    }
    assert_eq!(fixture.row(1).pending.interruptions, 1);
}

#[tokio::test]
async fn so_many_failures_and_no_more() {
    for does in [Does::FailTransiently, Does::Conflict] {
        let fixture = pending_by_row().await;
        fixture.next_time(does);
        for attempt in 1..=LIMITS.attempts {
            let state = fixture.row(1).pending.state;
            assert_ne!(state, DeliveryState::Dead, "before attempt {attempt}");
            error_of(fixture.retry().await);
        }
        let row = fixture.row(1);
        assert_eq!(
            (row.pending.state, row.pending.attempts),
            (DeliveryState::Dead, 3)
        );
        assert_eq!(row.attempts.len(), 3);
        assert!(row.attempts.iter().all(|attempt| attempt.error.is_some()));
    }
}

#[tokio::test]
async fn a_refusal_or_a_panic_is_dead_at_once_also_on_a_later_attempt() {
    for does in [Does::FailForGood, Does::Panic] {
        let fixture = Fixture::new(Does::FailTransiently);
        fixture.hand_over_directly(1).await;
        fixture.next_time(does);
        error_of(fixture.retry().await);
        let row = fixture.row(1);
        assert_eq!(
            (row.pending.state, row.pending.attempts),
            (DeliveryState::Dead, 2)
        );
    }
}

#[tokio::test]
async fn after_a_replay_the_limit_counts_from_the_replay() {
    let fixture = Fixture::new(Does::FailForGood);
    fixture.hand_over_directly(1).await;
    fixture.replay(1);
    fixture.next_time(Does::FailTransiently);
    for attempt in 1..=LIMITS.attempts {
        assert_ne!(fixture.row(1).pending.state, DeliveryState::Dead, "{attempt}");
        error_of(fixture.retry().await);
    }
    let row = fixture.row(1);
    assert_eq!(
        (row.pending.state, row.pending.attempts),
        (DeliveryState::Dead, 4)
    );
    assert_eq!(row.pending.attempts_before_replay, 1);
}

#[tokio::test]
async fn a_replay_waits_for_what_is_missing_before_it() {
    let fixture = Fixture::new(Does::Apply);
    fixture.hand_over_directly(2).await;
    let pending = fixture.row(2).pending;
    fixture
        .dispatcher
        .give_up(&pending, "it never came")
        .await
        .unwrap();
    fixture.replay(2);
    assert_eq!(fixture.retry().await, PENDING_UNTRIED);
    assert!(fixture.calls().is_empty(), "nothing is done that cannot be kept");
    assert_eq!(fixture.row(2).pending.state, DeliveryState::Waiting);
    fixture.hand_over_directly(1).await;
    assert_eq!(fixture.retry().await, Outcome::Applied);
    assert_eq!(fixture.calls(), [1, 2]);
}

#[tokio::test]
async fn an_attempt_that_another_one_was_faster_with_does_not_begin() {
    let fixture = pending_by_row().await;
    let pending = fixture.due().await.remove(0);
    let (now, later) = (fixture.clock.now(), fixture.clock.now().plus_seconds(2));
    assert!(fixture.state(|state| state.begin_attempt(&pending, now, later)));
    let outcome = fixture
        .dispatcher
        .retry(&fixture.consumer, &pending)
        .await
        .unwrap();
    assert_eq!(outcome, PENDING_UNTRIED);
    assert!(fixture.calls().is_empty());
    assert_eq!(fixture.row(1).pending.attempts, 1);
}

#[tokio::test]
async fn a_failure_that_comes_after_another_attempt_began_decides_nothing() {
    let fixture = pending_by_row().await;
    let pending = fixture.due().await.remove(0);
    let now = fixture.clock.now();
    assert!(fixture.state(|state| state.begin_attempt(&pending, now, now)));
    assert_eq!(fixture.retry().await, Outcome::Applied);
    let end = AttemptEnd {
        at: now,
        error: Some("too late".to_owned()),
        state: DeliveryState::Dead,
    };
    fixture.state(|state| state.end_attempt(&pending.delivery, 1, &end));
    let row = fixture.row(1);
    assert_eq!(row.pending.state, DeliveryState::Done);
    assert_eq!(row.attempts[0].error.as_deref(), Some("too late"));
}

#[tokio::test]
async fn what_is_given_up_is_dead_and_says_why() {
    let fixture = Fixture::new(Does::Apply);
    fixture.hand_over_directly(2).await;
    let gaps = async || fixture.dispatcher.gaps(&fixture.consumer, 10, 5).await.unwrap();
    fixture.clock.advance_seconds(10);
    assert!(gaps().await.is_empty(), "patience is not over");
    fixture.clock.advance_seconds(1);
    let pending = gaps().await.remove(0);
    assert_eq!(fixture.dispatcher.position(&pending).await.unwrap().number(), 0);
    fixture
        .dispatcher
        .give_up(&pending, "it never came")
        .await
        .unwrap();
    let row = fixture.row(2);
    assert_eq!(
        (row.pending.state, row.pending.attempts),
        (DeliveryState::Dead, 0)
    );
    assert_eq!(row.pending.last_error.as_deref(), Some("it never came"));
}
