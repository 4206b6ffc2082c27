//! Retention, a little at a time.

use std::collections::HashSet;

use diesel::{
    ExpressionMethods, QueryDsl, QueryResult, RunQueryDsl, SqliteConnection, delete, dsl::max, sql_query,
};

use crate::{
    columns::{RowId, RowTime, UtcTime},
    schema::{deliveries, delivery_attempts, event_log},
};

/// Deletes deliveries that ended before a time, with their attempts. Returns how many.
pub(crate) fn forget_deliveries(
    connection: &mut SqliteConnection,
    before: RowTime,
    limit: u32,
) -> QueryResult<usize> {
    let ended: Vec<(String, RowId)> = deliveries::table
        .filter(deliveries::ended_at.lt(before))
        .filter(deliveries::ended_at.is_not_null())
        .order(deliveries::ended_at)
        .limit(i64::from(limit))
        .select((deliveries::consumer, deliveries::event_id))
        .load(connection)?;
    for (consumer, event_id) in &ended {
        delete(delivery_attempts::table)
            .filter(delivery_attempts::consumer.eq(consumer))
            .filter(delivery_attempts::event_id.eq(event_id))
            .execute(connection)?;
        delete(deliveries::table.find((consumer, event_id))).execute(connection)?;
    }
    Ok(ended.len())
}

/// Deletes events that were published before a time, among the oldest `limit` of the log only. One is kept while an earlier one of its
/// aggregate is: so an aggregate's events in the log have no gap. Returns how many.
pub(crate) fn forget_events(
    connection: &mut SqliteConnection,
    before: RowTime,
    limit: u32,
) -> QueryResult<usize> {
    let oldest: Vec<(i64, String, RowId, Option<RowTime>)> = event_log::table
        .order(event_log::sequence)
        .limit(i64::from(limit))
        .select((
            event_log::sequence,
            event_log::aggregate_type,
            event_log::aggregate_id,
            event_log::published_at,
        ))
        .load(connection)?;
    // The newest event of all is kept: SQLite numbers the next one after it, and consumers that began later would skip a number that is given again.
    let newest: Option<i64> = event_log::table
        .select(max(event_log::sequence))
        .first(connection)?;
    #[cfg(debug_assertions)]
    let newest = newest.filter(|_| !crate::canary::KnownBug::ForgetTheNewest.is_on());
    let (mut over, mut stay) = (Vec::new(), HashSet::new());
    for (sequence, aggregate_type, aggregate_id, published_at) in oldest {
        let aggregate = (aggregate_type, aggregate_id);
        let is_old = published_at.is_some_and(|published_at| published_at < before);
        if is_old && Some(sequence) != newest && !stay.contains(&aggregate) {
            over.push(sequence);
        } else {
            stay.insert(aggregate);
        }
    }
    let forgotten = delete(event_log::table.filter(event_log::sequence.eq_any(over))).execute(connection)?;
    if forgotten > 0 {
        sql_query(
            "INSERT INTO log_pruning (only_one, published_before) VALUES (1, ?)
             ON CONFLICT DO UPDATE SET published_before = max(published_before, excluded.published_before)",
        )
        .bind::<UtcTime, _>(before)
        .execute(connection)?;
    }
    Ok(forgotten)
}
