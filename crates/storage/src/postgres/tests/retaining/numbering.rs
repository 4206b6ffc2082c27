//! The numbers of the event log, and logs that were numbered from 1 again after they had been copied.

use operations::{ContextInvariants, invariants::RecordedBeginning};

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_event_stays_as_on_sqlite() {
    let fixture = Fixture::relaying().await;
    for id in 1..=3 {
        fixture.store(id).await;
    }
    fixture.live_for_days(31).await;
    assert_eq!(fixture.count("event_log").await, 1);
    assert_eq!(fixture.context().last_sequence().await.unwrap(), 3);
    fixture.drop_database().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_that_was_numbered_from_1_again_is_told_from_one_that_was_pruned() {
    let fixture = Fixture::relaying().await;
    let context = fixture.context();
    for id in 1..=3 {
        context.commit(fixture.eventful(id)).await.unwrap();
    }
    let beginning = RecordedBeginning {
        begins_after: 3,
        recorded_at: fixture.clock.now(),
    };
    let pruned = "DELETE FROM event_log WHERE sequence = 1;
         INSERT INTO log_pruning (only_one, published_before) VALUES (true, now())";
    administer_in(&fixture.server, pruned).await;
    assert!(!context.began_again_since(beginning).await.unwrap());

    let emptied = "DELETE FROM event_log; ALTER TABLE event_log ALTER COLUMN sequence RESTART";
    administer_in(&fixture.server, emptied).await;
    assert!(context.began_again_since(beginning).await.unwrap());

    fixture.clock.advance_seconds(60);
    for id in 4..=7 {
        context.commit(fixture.eventful(id)).await.unwrap();
    }
    assert_eq!(
        context.last_sequence().await.unwrap(),
        4,
        "the numbers began again"
    );
    assert!(context.began_again_since(beginning).await.unwrap());
    let again = context.publish_again_up_to(vec!["ThingMade".to_owned()], 3);
    assert_eq!(again.await.unwrap(), 3);
    fixture.drop_database().await;
}
