//! Attempts and the order of an aggregate's deliveries.

use event_delivery::{Attempt, DeliveryState, PendingDelivery};
use operations::records::AttemptRecord;
use shared_kernel::Version;

use super::{CONSUMER, Pending};
use crate::{engines::on_every_database, installation::Installation};

on_every_database!(
    installation:
    a_row_that_is_there_is_left_alone,
    an_attempt_counts_when_it_begins,
    an_attempt_begins_once,
    what_ended_after_another_attempt_began_decides_nothing,
    only_the_head_is_due_and_only_in_its_time,
    an_attempt_that_a_clock_planned_too_far_ahead_is_due,
    a_follower_is_due_when_its_predecessor_is_applied,
    what_waits_for_something_missing_is_a_gap,
);

async fn a_row_that_is_there_is_left_alone(here: Installation) {
    let pending = Pending::new(&here).await;
    let first = PendingDelivery {
        state: DeliveryState::Retrying {
            next_attempt_at: pending.now(),
        },
        attempts: 1,
        last_error: Some("transient: down".to_owned()),
        ..pending.delivery(1)
    };
    let attempt = Attempt {
        number: 1,
        began_at: pending.now(),
        ended_at: Some(pending.now()),
        error: first.last_error.clone(),
    };
    let store = &here.ordering_database;
    store.hold(&first, Some(&attempt)).await.unwrap();
    let again = PendingDelivery {
        state: DeliveryState::Waiting,
        attempts: 0,
        last_error: None,
        ..first.clone()
    };
    store.hold(&again, None).await.unwrap();
    assert_eq!(pending.due().await, std::slice::from_ref(&first));
    let kept = AttemptRecord {
        number: attempt.number,
        began_at: attempt.began_at,
        ended_at: attempt.ended_at,
        error: attempt.error,
    };
    assert_eq!(pending.record(&first).await.attempt_history, [kept]);
}

async fn an_attempt_counts_when_it_begins(here: Installation) {
    let pending = Pending::new(&here).await;
    let delivery = pending.hold(1).await;
    assert!(pending.begin(&delivery).await);
    assert!(pending.due().await.is_empty(), "while it lasts nobody else tries");
    here.ordering.seams.advance_seconds(31);
    let [interrupted] = pending.due().await.try_into().unwrap();
    assert_eq!((interrupted.attempts, interrupted.interruptions), (1, 1));
    let [attempt] = pending
        .record(&delivery)
        .await
        .attempt_history
        .try_into()
        .unwrap();
    assert_eq!((attempt.number, attempt.ended_at, attempt.error), (1, None, None));
    assert!(pending.begin(&interrupted).await);
    pending.end(&delivery, 2, DeliveryState::Dead).await;
    let record = pending.record(&delivery).await;
    assert_eq!(
        (record.summary.state.as_str(), record.summary.attempts),
        ("dead", 2)
    );
    assert_eq!(record.summary.last_error.as_deref(), Some("permanent: attempt 2"));
    assert_eq!(record.attempt_history.len(), 2);
    assert_eq!(
        record.attempt_history[1].error.as_deref(),
        Some("permanent: attempt 2")
    );
}

async fn an_attempt_begins_once(here: Installation) {
    let pending = Pending::new(&here).await;
    let delivery = pending.hold(1).await;
    assert!(pending.begin(&delivery).await);
    assert!(
        !pending.begin(&delivery).await,
        "the row has seen another attempt since"
    );
    pending.end(&delivery, 1, DeliveryState::Done).await;
    let [done] = [pending.record(&delivery).await];
    assert_eq!(done.summary.state, "done");
    assert!(done.summary.ended_at.is_some());
    let after = PendingDelivery {
        attempts: 1,
        ..delivery
    };
    assert!(!pending.begin(&after).await, "what is done is not attempted");
}

async fn what_ended_after_another_attempt_began_decides_nothing(here: Installation) {
    let pending = Pending::new(&here).await;
    let delivery = pending.hold(1).await;
    assert!(pending.begin(&delivery).await);
    here.ordering.seams.advance_seconds(31);
    let [second] = pending.due().await.try_into().unwrap();
    assert!(pending.begin(&second).await);
    pending.end(&delivery, 1, DeliveryState::Dead).await;
    let record = pending.record(&delivery).await;
    assert_eq!(record.summary.state, "retrying");
    assert_eq!(
        record.attempt_history[0].error.as_deref(),
        Some("permanent: attempt 1")
    );
    assert_eq!(record.attempt_history[1].ended_at, None);
    let dead = DeliveryState::Dead;
    let store = &here.ordering_database;
    store
        .mark_outcome(&second, pending.now(), dead, Some("too late"))
        .await
        .unwrap();
    assert_eq!(pending.record(&delivery).await.summary.state, "retrying");
}

async fn only_the_head_is_due_and_only_in_its_time(here: Installation) {
    let pending = Pending::new(&here).await;
    let head = pending.hold(1).await;
    pending.hold(2).await;
    assert_eq!(pending.due_versions().await, [1]);
    assert!(pending.begin(&head).await);
    let next_attempt_at = pending.now().plus_seconds(10);
    pending
        .end(&head, 1, DeliveryState::Retrying { next_attempt_at })
        .await;
    assert!(pending.due().await.is_empty());
    here.ordering.seams.advance_seconds(10);
    assert_eq!(pending.due_versions().await, [1]);
    let [due] = pending.due().await.try_into().unwrap();
    assert_eq!(due.interruptions, 0, "the attempt ended");
    assert!(pending.begin(&due).await);
    pending.end(&head, 2, DeliveryState::Dead).await;
    here.ordering.seams.advance_seconds(1_000);
    assert!(pending.due().await.is_empty(), "nothing overtakes a dead letter");
    assert_eq!(here.ordering_database.backlog().await.unwrap().unfinished, 0);
}

async fn an_attempt_that_a_clock_planned_too_far_ahead_is_due(here: Installation) {
    let pending = Pending::new(&here).await;
    let mut head = pending.hold(1).await;
    for (attempt, seconds, due) in [(1, 120, false), (2, 121, true)] {
        assert!(pending.begin(&head).await);
        // As a clock would have it that was so far ahead and was set back since.
        let next_attempt_at = pending.now().plus_seconds(seconds);
        pending
            .end(&head, attempt, DeliveryState::Retrying { next_attempt_at })
            .await;
        assert_eq!(!pending.due().await.is_empty(), due, "{seconds} s ahead");
        if !due {
            here.ordering.seams.advance_seconds(seconds);
            head = pending.due().await.remove(0);
        }
    }
}

async fn a_follower_is_due_when_its_predecessor_is_applied(here: Installation) {
    let pending = Pending::new(&here).await;
    let (head, follower) = (pending.hold(1).await, pending.hold(2).await);
    let progress = here.ordering_database.progress(&follower.delivery).await.unwrap();
    assert_eq!(progress.held_from, Some(Version::new(1)));
    pending.apply(&head).await;
    let (now, done) = (pending.now(), DeliveryState::Done);
    here.ordering_database
        .mark_outcome(&head, now, done, None)
        .await
        .unwrap();
    assert_eq!(pending.due_versions().await, [2]);
    let progress = here.ordering_database.progress(&follower.delivery).await.unwrap();
    assert_eq!(progress.position, Version::new(1));
    assert_eq!(progress.held_from, Some(Version::new(2)));
}

async fn what_waits_for_something_missing_is_a_gap(here: Installation) {
    let pending = Pending::new(&here).await;
    let early = pending.hold(3).await;
    let gaps = async |before| here.ordering_database.gaps(CONSUMER, before, 10).await.unwrap();
    assert!(pending.due().await.is_empty());
    assert_eq!(gaps(pending.now()).await, [early]);
    assert!(
        gaps(pending.now().plus_seconds(-1)).await.is_empty(),
        "not held for so long"
    );
    for version in [1, 2] {
        pending.apply(&pending.delivery(version)).await;
    }
    assert!(gaps(pending.now()).await.is_empty());
    assert_eq!(pending.due_versions().await, [3]);
}
