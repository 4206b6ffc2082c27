//! Rows of pending deliveries that are written together.

use std::time::Duration;

use event_delivery::{DeliveryStore, PendingDelivery};
use futures_util::future::join_all;

use super::*;
use crate::{
    AnyConnection,
    columns::RowTime,
    delivering::pending_deliveries,
    test_deliveries::{CONSUMER, waiting},
};

/// Those that wrote the rows there are.
const TRANSACTIONS: &str = "(SELECT DISTINCT xmin::text FROM deliveries) AS written";

pub(super) fn pending(fixture: &Fixture, id: u128) -> PendingDelivery {
    waiting(event(id, 1), SharedIds.next_id(), &fixture.meta())
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_that_wait_share_transactions_and_one_that_fails_fails_alone() {
    let fixture = Fixture::new().await;
    let mut rows: Vec<PendingDelivery> = (1..=200).map(|id| pending(&fixture, id)).collect();
    // No attempt was made, and one of them before a replay.
    rows[99].attempts_before_replay = 1;
    let results = join_all(rows.iter().map(|row| fixture.context().hold(row, None))).await;
    for (place, result) in results.iter().enumerate() {
        assert_eq!(result.is_ok(), place != 99, "{place}: {result:?}");
    }
    assert_eq!(fixture.count("deliveries").await, 199);

    let written_before = fixture.count(TRANSACTIONS).await;
    let others: Vec<PendingDelivery> = (201..=400).map(|id| pending(&fixture, id)).collect();
    for result in join_all(others.iter().map(|row| fixture.context().hold(row, None))).await {
        result.unwrap();
    }
    let transactions = fixture.count(TRANSACTIONS).await - written_before;
    assert!(transactions < 100, "{transactions} transactions for 200 rows");
    fixture.drop_database().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_begin_one_attempt_at_the_same_time_one_does() {
    let fixture = Fixture::new().await;
    let row = pending(&fixture, 1);
    fixture.context().hold(&row, None).await.unwrap();
    let now = fixture.clock.now();
    let begun = join_all((0..50).map(|_| {
        fixture
            .context()
            .begin_attempt(&row, now, now.plus_milliseconds(1000))
    }))
    .await;
    assert_eq!(
        begun.into_iter().filter(|begun| *begun.as_ref().unwrap()).count(),
        1
    );
    assert_eq!(fixture.count("delivery_attempts").await, 1);
    assert_eq!(fixture.count("deliveries WHERE attempts = 1").await, 1);
    fixture.drop_database().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn plans_are_made_anew_as_tables_grow() {
    #[derive(diesel::QueryableByName)]
    struct Line {
        #[diesel(sql_type = sql_types::Text)]
        #[diesel(column_name = "QUERY PLAN")]
        plan: String,
    }
    let fixture = Fixture::new().await;
    let link = fixture.server.connect("things").await.unwrap();
    let mut connection = &link.connection;
    // Only this test collects statistics.
    connection
        .batch_execute(
            "CREATE TABLE growing (id bigint PRIMARY KEY) WITH (autovacuum_enabled = false);
             INSERT INTO growing VALUES (1); ANALYZE growing;
             SET plan_cache_mode = force_generic_plan;
             PREPARE find (bigint) AS SELECT id FROM growing WHERE id = $1",
        )
        .await
        .unwrap();
    let plan = || async {
        let lines: Vec<Line> = diesel::sql_query("EXPLAIN (COSTS OFF) EXECUTE find (7)")
            .load(&mut &link.connection)
            .await
            .unwrap();
        lines.into_iter().map(|line| line.plan).collect::<String>()
    };
    assert!(plan().await.contains("Seq Scan"));
    connection
        .batch_execute("INSERT INTO growing SELECT generate_series(2, 20000)")
        .await
        .unwrap();
    assert!(plan().await.contains("Seq Scan"), "the old plan stays");
    for _ in 0..16 {
        link.count_use().await;
    }
    let renewed = plan().await;
    assert!(renewed.contains("Index"), "{renewed}");
    drop(link);
    fixture.drop_database().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_to_be_tried_later_is_not_read() {
    #[derive(diesel::QueryableByName)]
    struct RowsRead {
        #[diesel(sql_type = sql_types::BigInt)]
        rows: i64,
    }
    let fixture = Fixture::new().await;
    fixture.context().hold(&pending(&fixture, 1), None).await.unwrap();
    let link = fixture.server.connect("things").await.unwrap();
    let mut connection = &link.connection;
    connection
        .batch_execute(
            "ALTER TABLE deliveries SET (autovacuum_enabled = false);
             INSERT INTO deliveries
             SELECT (jsonb_populate_record(held, jsonb_build_object(
                 'aggregate_id', gen_random_uuid(), 'event_id', gen_random_uuid(),
                 'state', 'retrying', 'attempts', 1, 'next_attempt_at', held.held_at + interval '1 hour'
             ))).*
             FROM deliveries AS held, generate_series(1, 2000)",
        )
        .await
        .unwrap();
    let now = RowTime(fixture.clock.now().as_microseconds());
    for statistics in ["", "ANALYZE deliveries"] {
        connection.batch_execute(statistics).await.unwrap();
        // These numbers are the transaction's own.
        connection.batch_execute("BEGIN").await.unwrap();
        let due = pending_deliveries::due(
            &mut AnyConnection::Postgres(&link.connection),
            CONSUMER,
            now,
            Duration::from_hours(2),
            10,
        )
        .await
        .unwrap();
        let read: RowsRead = diesel::sql_query(
            "SELECT seq_tup_read + idx_tup_fetch AS rows FROM pg_stat_xact_user_tables WHERE relname = 'deliveries'",
        )
        .get_result(&mut connection)
        .await
        .unwrap();
        connection.batch_execute("COMMIT").await.unwrap();
        assert_eq!(due.len(), 1);
        assert!(read.rows < 10, "{} rows were read, {statistics:?}", read.rows);
    }
    drop(link);
    fixture.drop_database().await;
}
