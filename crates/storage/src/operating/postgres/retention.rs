//! Retention, a little at a time. Rows that another process is deleting are skipped.

use diesel::{QueryResult, sql_query, sql_types::BigInt};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::columns::{RowTime, UtcTime};

/// Deletes deliveries that ended before a time, with their attempts. Returns how many.
pub(crate) async fn forget_deliveries(
    connection: &AsyncPgConnection,
    before: RowTime,
    limit: u32,
) -> QueryResult<usize> {
    sql_query(
        "WITH over AS (
             SELECT consumer, event_id FROM deliveries WHERE ended_at < $1 ORDER BY ended_at LIMIT $2 FOR UPDATE SKIP LOCKED),
         attempts AS (
             DELETE FROM delivery_attempts WHERE (consumer, event_id) IN (SELECT * FROM over))
         DELETE FROM deliveries WHERE (consumer, event_id) IN (SELECT * FROM over)",
    )
    .bind::<UtcTime, _>(before)
    .bind::<BigInt, _>(i64::from(limit))
    .execute(&mut &*connection)
    .await
}

/// Deletes events that were published before a time, among the oldest `limit` of the log only. One is kept while an earlier one of its aggregate
/// is: so an aggregate's events in the log have no gap. The newest of all is kept, too, as on SQLite, where the next number follows it. Returns
/// how many.
pub(crate) async fn forget_events(
    connection: &AsyncPgConnection,
    before: RowTime,
    limit: u32,
) -> QueryResult<usize> {
    sql_query(
        "WITH oldest AS (
             SELECT sequence, aggregate_type, aggregate_id, published_at IS NULL OR published_at >= $1 AS stays
             FROM event_log ORDER BY sequence LIMIT $2),
         over AS (
             SELECT sequence FROM oldest AS event
             WHERE NOT stays AND sequence < (SELECT max(sequence) FROM event_log) AND NOT EXISTS (
                 SELECT FROM oldest AS earlier
                 WHERE earlier.stays AND earlier.sequence < event.sequence
                     AND (earlier.aggregate_type, earlier.aggregate_id) = (event.aggregate_type, event.aggregate_id))),
         pruned AS (
             INSERT INTO log_pruning (only_one, published_before)
             SELECT true, $1 WHERE EXISTS (SELECT FROM over)
             ON CONFLICT (only_one) DO UPDATE
             SET published_before = greatest(log_pruning.published_before, excluded.published_before)),
         forgotten AS (
             SELECT sequence FROM event_log WHERE sequence IN (SELECT sequence FROM over)
             ORDER BY sequence FOR UPDATE SKIP LOCKED)
         DELETE FROM event_log WHERE sequence IN (SELECT sequence FROM forgotten)",
    )
    .bind::<UtcTime, _>(before)
    .bind::<BigInt, _>(i64::from(limit))
    .execute(&mut &*connection)
    .await
}
