//! Attempts and the order of an aggregate's deliveries.

use event_delivery::{Attempt, DeliveryState, HeldDelivery};
use operations::records::AttemptRecord;
use shared_kernel::Version;

use super::{CONSUMER, Held};
use crate::{engines::on_every_database, installation::Installation};

on_every_database!(
    installation:
    a_row_that_is_there_is_left_alone,
    an_attempt_counts_when_it_begins,
    an_attempt_begins_once,
    what_ended_after_another_attempt_began_decides_nothing,
    only_the_head_is_due_and_only_in_its_time,
    a_follower_is_due_when_its_predecessor_is_applied,
    what_waits_for_something_missing_is_a_gap,
);

async fn a_row_that_is_there_is_left_alone(here: Installation) {
    let held = Held::new(&here).await;
    let first = HeldDelivery {
        state: DeliveryState::Retrying {
            next_attempt_at: held.now(),
        },
        attempts: 1,
        last_error: Some("transient: down".to_owned()),
        ..held.delivery(1)
    };
    let attempt = Attempt {
        number: 1,
        began_at: held.now(),
        ended_at: Some(held.now()),
        error: first.last_error.clone(),
    };
    let store = &here.ordering_database;
    store.hold(&first, Some(&attempt)).await.unwrap();
    let again = HeldDelivery {
        state: DeliveryState::Waiting,
        attempts: 0,
        last_error: None,
        ..first.clone()
    };
    store.hold(&again, None).await.unwrap();
    assert_eq!(held.due().await, std::slice::from_ref(&first));
    let kept = AttemptRecord {
        number: attempt.number,
        began_at: attempt.began_at,
        ended_at: attempt.ended_at,
        error: attempt.error,
    };
    assert_eq!(held.record(&first).await.attempt_history, [kept]);
}

async fn an_attempt_counts_when_it_begins(here: Installation) {
    let held = Held::new(&here).await;
    let delivery = held.hold(1).await;
    assert!(held.begin(&delivery).await);
    assert!(held.due().await.is_empty(), "while it lasts nobody else tries");
    here.ordering.seams.advance_seconds(31);
    let [interrupted] = held.due().await.try_into().unwrap();
    assert_eq!((interrupted.attempts, interrupted.interruptions), (1, 1));
    let [attempt] = held.record(&delivery).await.attempt_history.try_into().unwrap();
    assert_eq!((attempt.number, attempt.ended_at, attempt.error), (1, None, None));
    assert!(held.begin(&interrupted).await);
    held.end(&delivery, 2, DeliveryState::Dead).await;
    let record = held.record(&delivery).await;
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
    let held = Held::new(&here).await;
    let delivery = held.hold(1).await;
    assert!(held.begin(&delivery).await);
    assert!(
        !held.begin(&delivery).await,
        "the row has seen another attempt since"
    );
    held.end(&delivery, 1, DeliveryState::Done).await;
    let [done] = [held.record(&delivery).await];
    assert_eq!(done.summary.state, "done");
    assert!(done.summary.ended_at.is_some());
    let after = HeldDelivery {
        attempts: 1,
        ..delivery
    };
    assert!(!held.begin(&after).await, "what is done is not attempted");
}

async fn what_ended_after_another_attempt_began_decides_nothing(here: Installation) {
    let held = Held::new(&here).await;
    let delivery = held.hold(1).await;
    assert!(held.begin(&delivery).await);
    here.ordering.seams.advance_seconds(31);
    let [second] = held.due().await.try_into().unwrap();
    assert!(held.begin(&second).await);
    held.end(&delivery, 1, DeliveryState::Dead).await;
    let record = held.record(&delivery).await;
    assert_eq!(record.summary.state, "retrying");
    assert_eq!(
        record.attempt_history[0].error.as_deref(),
        Some("permanent: attempt 1")
    );
    assert_eq!(record.attempt_history[1].ended_at, None);
    let dead = DeliveryState::Dead;
    let store = &here.ordering_database;
    store
        .settle(&second, held.now(), dead, Some("too late"))
        .await
        .unwrap();
    assert_eq!(held.record(&delivery).await.summary.state, "retrying");
}

async fn only_the_head_is_due_and_only_in_its_time(here: Installation) {
    let held = Held::new(&here).await;
    let head = held.hold(1).await;
    held.hold(2).await;
    assert_eq!(held.due_versions().await, [1]);
    assert!(held.begin(&head).await);
    let next_attempt_at = held.now().plus_seconds(10);
    held.end(&head, 1, DeliveryState::Retrying { next_attempt_at })
        .await;
    assert!(held.due().await.is_empty());
    here.ordering.seams.advance_seconds(10);
    assert_eq!(held.due_versions().await, [1]);
    let [due] = held.due().await.try_into().unwrap();
    assert_eq!(due.interruptions, 0, "the attempt ended");
    assert!(held.begin(&due).await);
    held.end(&head, 2, DeliveryState::Dead).await;
    here.ordering.seams.advance_seconds(1_000);
    assert!(held.due().await.is_empty(), "nothing overtakes a dead letter");
    assert_eq!(here.ordering_database.backlog().await.unwrap().unfinished, 0);
}

async fn a_follower_is_due_when_its_predecessor_is_applied(here: Installation) {
    let held = Held::new(&here).await;
    let (head, follower) = (held.hold(1).await, held.hold(2).await);
    let standing = here.ordering_database.standing(&follower.delivery).await.unwrap();
    assert_eq!(standing.held_from, Some(Version::new(1)));
    held.apply(&head).await;
    let (now, done) = (held.now(), DeliveryState::Done);
    here.ordering_database
        .settle(&head, now, done, None)
        .await
        .unwrap();
    assert_eq!(held.due_versions().await, [2]);
    let standing = here.ordering_database.standing(&follower.delivery).await.unwrap();
    assert_eq!(standing.position, Version::new(1));
    assert_eq!(standing.held_from, Some(Version::new(2)));
}

async fn what_waits_for_something_missing_is_a_gap(here: Installation) {
    let held = Held::new(&here).await;
    let early = held.hold(3).await;
    let gaps = async |before| here.ordering_database.gaps(CONSUMER, before, 10).await.unwrap();
    assert!(held.due().await.is_empty());
    assert_eq!(gaps(held.now()).await, [early]);
    assert!(
        gaps(held.now().plus_seconds(-1)).await.is_empty(),
        "not held for so long"
    );
    for version in [1, 2] {
        held.apply(&held.delivery(version)).await;
    }
    assert!(gaps(held.now()).await.is_empty());
    assert_eq!(held.due_versions().await, [3]);
}
