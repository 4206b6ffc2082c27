//! Event logs that were numbered from 1 again, as earlier versions left them.

use super::*;

impl Delivering {
    /// A consumer that begins now, under the name of the one that is relayed to.
    fn beginning_now(&self) -> Consumer {
        Consumer::new("things.users", "things", "things", Beginning::Now)
            .on::<UserDeactivated, _>(&self.recorder)
    }

    /// Deletes published events up to a sequence, as retention does, or did.
    async fn prune(&self, up_to: i64) {
        let pruned = self.fixture.context.upkeep(move |connection| {
            sql_query("DELETE FROM event_log WHERE sequence <= ?")
                .bind::<sql_types::BigInt, _>(up_to)
                .execute(connection)?;
            sql_query("INSERT INTO log_pruning (only_one, published_before) VALUES (1, 1)")
                .execute(connection)?;
            Ok(())
        });
        pruned.await.unwrap();
    }

    /// Marks everything as published.
    async fn publish(&self) {
        let context = &self.fixture.context;
        let unpublished = context.unpublished(100).await.unwrap();
        context.mark_published(unpublished.iter().map(|event| event.sequence).collect());
        context
            .commit(self.fixture.write_set(Things::Nothing))
            .await
            .unwrap();
        assert!(context.unpublished(100).await.unwrap().is_empty());
    }
}

#[tokio::test]
async fn a_consumer_that_skipped_what_was_numbered_from_1_again_gets_it_once() {
    let delivering = Delivering::new();
    let context = &delivering.fixture.context;
    for version in 1..=3 {
        delivering.user_event(version).await;
    }
    delivering.publish().await;
    let consumer = delivering.beginning_now();
    assert_eq!(context.begin_consumer(&consumer, context).await.unwrap(), 3);
    delivering.prune(3).await;
    delivering.fixture.clock.advance_seconds(60);
    for version in 4..=6 {
        delivering.user_event(version).await;
    }
    assert_eq!(
        context.last_sequence().await.unwrap(),
        3,
        "the numbers began again"
    );
    delivering.publish().await;

    for _ in 0..2 {
        assert_eq!(context.begin_consumer(&consumer, context).await.unwrap(), 0);
    }
    let again: Vec<i64> = context
        .unpublished(100)
        .await
        .unwrap()
        .iter()
        .map(|event| event.sequence)
        .collect();
    assert_eq!(again, [1, 2, 3], "what was numbered up to the old beginning");
    delivering.relay_until_idle().await;
    assert_eq!(delivering.applied(), [4, 5, 6]);
}

#[tokio::test]
async fn a_consumer_that_began_later_gets_nothing_from_before_that_when_the_log_is_pruned() {
    let delivering = Delivering::new();
    let context = &delivering.fixture.context;
    for version in 1..=3 {
        delivering.user_event(version).await;
    }
    delivering.publish().await;
    delivering.prune(1).await;
    delivering.fixture.clock.advance_seconds(60);
    let consumer = delivering.beginning_now();
    for _ in 0..2 {
        assert_eq!(context.begin_consumer(&consumer, context).await.unwrap(), 3);
    }
    assert!(context.unpublished(100).await.unwrap().is_empty());
}
