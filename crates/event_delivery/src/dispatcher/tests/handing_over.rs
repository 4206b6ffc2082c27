//! Events that arrive.

use shared_kernel::{IntegrationEvent, events::UserReactivated};

use super::*;

#[tokio::test]
async fn an_event_that_arrives_twice_changes_nothing_the_second_time() {
    let fixture = Fixture::new(Does::Apply);
    assert_eq!(fixture.hand_over_directly(1).await, Outcome::Applied);
    assert_eq!(fixture.hand_over_directly(1).await, Outcome::Applied);
    assert_eq!(fixture.calls(), [1]);
    assert!(!fixture.has_row(1), "what succeeds at once needs no row");
}

#[tokio::test]
async fn a_failure_is_held_with_its_attempt_and_its_followers_wait_behind_it() {
    let fixture = Fixture::new(Does::FailTransiently);
    let began_at = fixture.clock.now();
    let error = error_of(fixture.hand_over_directly(1).await);
    fixture.next_time(Does::Apply);
    assert_eq!(fixture.hand_over_directly(2).await, PENDING_UNTRIED);
    assert_eq!(fixture.hand_over_directly(3).await, PENDING_UNTRIED);
    assert_eq!(fixture.calls(), [1], "nothing overtakes the head");

    let row = fixture.row(1);
    assert!(matches!(row.pending.state, DeliveryState::Retrying { .. }));
    assert_eq!((row.pending.attempts, row.pending.interruptions), (1, 0));
    assert_eq!(row.pending.last_error, Some(error.to_string()));
    let attempt = Attempt {
        number: 1,
        began_at,
        ended_at: Some(began_at),
        error: Some(error.to_string()),
    };
    assert_eq!(row.attempts, [attempt]);
    assert_eq!(fixture.row(2).pending.state, DeliveryState::Waiting);

    for version in 1..=3 {
        assert_eq!(fixture.retry().await, Outcome::Applied, "version {version}");
    }
    assert_eq!((fixture.calls(), fixture.position()), (vec![1, 1, 2, 3], 3));
}

#[tokio::test]
async fn an_event_that_arrives_again_leaves_its_row_and_its_attempts_alone() {
    let fixture = Fixture::new(Does::FailTransiently);
    fixture.hand_over_directly(1).await;
    let pending = fixture.row(1);
    assert_eq!(fixture.hand_over_directly(1).await, PENDING_UNTRIED);
    assert_eq!(fixture.row(1), pending);
    assert_eq!(fixture.calls(), [1]);
}

#[tokio::test]
async fn an_event_by_row_is_written_down_before_its_handler_is_called() {
    let fixture = Fixture::new(Does::Apply);
    assert_eq!(
        fixture.hand_over(1, DeliveryMode::Persisted).await,
        PENDING_UNTRIED
    );
    assert!(fixture.calls().is_empty());
    let row = fixture.row(1);
    assert_eq!(
        (row.pending.state, row.pending.attempts),
        (DeliveryState::Waiting, 0)
    );
    assert_eq!(fixture.retry().await, Outcome::Applied);
    assert_eq!(fixture.calls(), [1]);
}

#[tokio::test]
async fn a_refusal_or_a_panic_is_dead_at_once() {
    for (does, expected) in [
        (Does::FailForGood, "permanent: there is no such user"),
        (Does::Panic, "permanent: the handler panicked"),
    ] {
        let fixture = Fixture::new(does);
        let error = error_of(fixture.hand_over_directly(1).await);
        assert_eq!(error.to_string(), expected);
        let row = fixture.row(1);
        assert_eq!(
            (row.pending.state, row.pending.attempts),
            (DeliveryState::Dead, 1)
        );
        fixture.clock.advance_seconds(3_600);
        assert!(fixture.due().await.is_empty(), "nothing tries it by itself");
    }
}

#[tokio::test(start_paused = true)]
async fn a_handler_that_takes_too_long_is_cut_short_and_tried_again() {
    let fixture = Fixture::new(Does::ApplyAndStall);
    let began = tokio::time::Instant::now();
    let error = error_of(fixture.hand_over_directly(1).await);
    assert_eq!(began.elapsed(), Duration::from_secs(2));
    assert_eq!(
        error,
        HandlingError::Transient("the handler took longer than 2000 ms".to_owned())
    );
    // What it had committed by then stays committed.
    assert_eq!(fixture.retry().await, Outcome::Applied);
    assert_eq!(fixture.row(1).pending.state, DeliveryState::Done);
    assert_eq!(fixture.calls(), [1]);
}

#[tokio::test]
async fn a_newer_schema_and_an_unknown_type_are_refused_by_name() {
    let fixture = Fixture::new(Does::Apply);
    let now = fixture.clock.now();
    let meta = CommandMeta::new(Actor::Operator, now, &CountingIds::default());
    let refusal = async |envelope| {
        let refused = fixture.consumer.handle(envelope, meta.clone()).await;
        refused.unwrap_err().to_string()
    };
    let mut newer = envelope(1);
    newer.schema_version = 2;
    assert_eq!(
        refusal(newer).await,
        "permanent: found UserDeactivated version 2, expected at most 1"
    );
    let mut other = envelope(1);
    other.event_type = UserReactivated::TYPE.to_owned();
    assert_eq!(
        refusal(other).await,
        "permanent: test.users does not take UserReactivated"
    );
    let mut unreadable = envelope(1);
    unreadable.data = serde_json::json!({ "user_id": 7 });
    let error = refusal(unreadable).await;
    assert!(
        error.starts_with("permanent: unreadable UserDeactivated"),
        "{error}"
    );
}
