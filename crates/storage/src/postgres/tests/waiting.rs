//! A transaction that waits for a row has locked none that comes after it in the order.

use message_bus::Delivery;
use shared_kernel::EventId;

use super::*;
use crate::{
    delivering::postgres::consumer_positions,
    event_log::{postgres as event_log, postgres::lease::Lease},
};

/// Runs `write` on a connection of its own while another has `first`, and returns whether `last` is free while `write` waits for it.
async fn last_is_free_while_first_is_waited_for<W, F>(
    fixture: &Fixture,
    [first, last]: [&str; 2],
    write: W,
) -> bool
where
    W: FnOnce(AsyncPgConnection) -> F,
    F: Future<Output = ()>,
{
    let mut holder = fixture.server.connect("things").await.unwrap().connection;
    let lock = |row: &str, how: &str| format!("SELECT 1 FROM {row} FOR NO KEY UPDATE {how}");
    let begin = format!("BEGIN; {}", lock(first, ""));
    holder.batch_execute(&begin).await.unwrap();
    let writer = fixture.server.connect("things").await.unwrap().connection;
    let ((), is_free) = tokio::join!(write(writer), async {
        while fixture.count("pg_locks WHERE NOT granted").await == 0 {
            tokio::task::yield_now().await;
        }
        let is_free = holder.batch_execute(&lock(last, "NOWAIT")).await.is_ok();
        holder.batch_execute("ROLLBACK").await.unwrap();
        is_free
    });
    is_free
}

/// Three events, the last one first on the disk, so that reading the table from its beginning does not give the order of their sequences.
async fn three_events(fixture: &Fixture) {
    for id in 1..=3 {
        fixture.context().commit(fixture.eventful(id)).await.unwrap();
    }
    let mut connection = fixture.server.connect("things").await.unwrap().connection;
    for sequence in [3, 2, 1] {
        let move_it = format!("UPDATE event_log SET published_at = NULL WHERE sequence = {sequence}");
        connection.batch_execute(&move_it).await.unwrap();
    }
}

const FIRST_AND_LAST: [&str; 2] = ["event_log WHERE sequence = 1", "event_log WHERE sequence = 3"];

#[tokio::test(flavor = "multi_thread")]
async fn events_are_marked_in_the_order_of_the_log_however_they_are_named() {
    let fixture = Fixture::new().await;
    three_events(&fixture).await;
    let lease = Lease {
        holder: Uuid::from_u128(7),
        fence: 1,
    };
    let mut connection = fixture.server.connect("things").await.unwrap().connection;
    let take = format!(
        "INSERT INTO relay_lease (holder, fence, expires_at) VALUES ('{}', 1, 'infinity')
         ON CONFLICT (only_one) DO UPDATE SET holder = excluded.holder, fence = 1",
        lease.holder
    );
    connection.batch_execute(&take).await.unwrap();
    let is_free = last_is_free_while_first_is_waited_for(&fixture, FIRST_AND_LAST, async |connection| {
        event_log::mark_published(&connection, &[3, 1, 2], lease)
            .await
            .unwrap();
    });
    assert!(is_free.await, "it held the last and waited for the first");
    assert_eq!(fixture.count("event_log WHERE published_at IS NULL").await, 0);
    fixture.drop_database().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_published_again_in_the_order_of_the_log() {
    let fixture = Fixture::new().await;
    three_events(&fixture).await;
    let types = ["ThingMade".to_owned()];
    let is_free = last_is_free_while_first_is_waited_for(&fixture, FIRST_AND_LAST, async |connection| {
        event_log::publish_again(&connection, &types, i64::MAX)
            .await
            .unwrap();
    });
    assert!(is_free.await, "it held the last and waited for the first");
    fixture.drop_database().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn positions_are_moved_in_the_order_of_their_keys_however_they_are_named() {
    let fixture = Fixture::new().await;
    let delivery = |aggregate: u128, version| Delivery {
        consumer: "things.users",
        event_id: EventId::new(Uuid::from_u128(aggregate)),
        aggregate_id: Uuid::from_u128(aggregate),
        version: Version::new(version),
        previous_version: Version::new(version - 1),
    };
    let moves = |version| [3, 1, 2].map(|aggregate| (0, delivery(aggregate, version)));
    let connection = fixture.server.connect("things").await.unwrap().connection;
    consumer_positions::move_positions(&connection, &moves(1))
        .await
        .unwrap();
    let row = |aggregate| {
        format!(
            "consumer_positions WHERE aggregate_id = '{}'",
            Uuid::from_u128(aggregate)
        )
    };
    let rows = [&*row(1), &*row(3)];
    let is_free = last_is_free_while_first_is_waited_for(&fixture, rows, async |connection| {
        consumer_positions::move_positions(&connection, &moves(2))
            .await
            .unwrap();
    });
    assert!(is_free.await, "it held the last and waited for the first");
    assert_eq!(fixture.count("consumer_positions WHERE position = 2").await, 3);
    fixture.drop_database().await;
}
