//! What operators see of a context's consumers and deliveries.

use std::collections::HashMap;

use diesel::{
    BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, SqliteConnection,
    dsl::{count_star, min, sql},
    sql_query,
    sql_types::Bool,
};
use operations::records::{ConsumerBacklog, DeliveryKey, DeliveryRecord, DeliverySummary, Follower};
use shared_kernel::Timestamp;

use crate::{
    ReadError,
    columns::RowId,
    delivering::{
        consumer_row::{COUNT_UNFINISHED, ConsumerRow, Counted, PendingCountRow, pending},
        pending_delivery_row::{AttemptRow, DEAD, PendingDeliveryRow, row_time},
    },
    schema::{consumers, deliveries, delivery_attempts},
};

/// How many deliveries may go on by themselves: retrying or waiting, not behind a dead one, of a consumer that is not paused.
pub(crate) fn count_unfinished(connection: &mut SqliteConnection) -> Result<u64, ReadError> {
    let Counted { count } = sql_query(COUNT_UNFINISHED).get_result(connection)?;
    u64::try_from(count).map_err(ReadError::corrupt)
}

/// What each consumer holds.
pub(crate) fn consumers(connection: &mut SqliteConnection) -> Result<Vec<ConsumerBacklog>, ReadError> {
    let counts: Vec<PendingCountRow> = deliveries::table
        .filter(deliveries::ended_at.is_null())
        .group_by((deliveries::consumer, deliveries::state))
        .select((
            deliveries::consumer,
            deliveries::state,
            count_star(),
            min(deliveries::held_at),
        ))
        .load(connection)?;
    let counts: HashMap<_, _> = counts.into_iter().map(pending).collect::<Result<_, _>>()?;
    consumers::table
        .order(consumers::consumer)
        .select((
            consumers::consumer,
            consumers::source,
            consumers::paused_at,
            consumers::paused_by,
            consumers::pause_reason,
        ))
        .load::<ConsumerRow>(connection)?
        .into_iter()
        .map(|row| row.into_backlog(&counts))
        .collect()
}

/// Dead letters, the longest held first.
pub(crate) fn dead_letters(
    connection: &mut SqliteConnection,
    after: Option<(Timestamp, DeliveryKey)>,
    limit: u32,
) -> Result<Vec<DeliverySummary>, ReadError> {
    let mut query = deliveries::table
        .filter(sql::<Bool>(DEAD))
        .order((deliveries::held_at, deliveries::consumer, deliveries::event_id))
        .limit(i64::from(limit))
        .into_boxed();
    if let Some((held_at, key)) = after {
        let held_at = row_time(held_at);
        let event_id = RowId(key.event_id.uuid());
        let same_time = deliveries::consumer
            .gt(key.consumer.clone())
            .or(deliveries::consumer
                .eq(key.consumer)
                .and(deliveries::event_id.gt(event_id)));
        query = query.filter(
            deliveries::held_at
                .gt(held_at)
                .or(deliveries::held_at.eq(held_at).and(same_time)),
        );
    }
    let rows: Vec<PendingDeliveryRow> = query.load(connection)?;
    rows.into_iter()
        .map(|row| row.into_summary().map(|(summary, _)| summary))
        .collect()
}

/// All that is known about one delivery.
pub(crate) fn delivery(
    connection: &mut SqliteConnection,
    key: &DeliveryKey,
) -> Result<Option<DeliveryRecord>, ReadError> {
    let event_id = RowId(key.event_id.uuid());
    let row: Option<PendingDeliveryRow> = deliveries::table
        .find((&key.consumer, event_id))
        .first(connection)
        .optional()?;
    let Some(row) = row else { return Ok(None) };
    let attempts: Vec<AttemptRow> = delivery_attempts::table
        .filter(delivery_attempts::consumer.eq(&key.consumer))
        .filter(delivery_attempts::event_id.eq(event_id))
        .order(delivery_attempts::number)
        .select((
            delivery_attempts::number,
            delivery_attempts::began_at,
            delivery_attempts::ended_at,
            delivery_attempts::error,
        ))
        .load(connection)?;
    let waiting_behind = followers(connection, &row)?;
    let (summary, event) = row.into_summary()?;
    Ok(Some(DeliveryRecord {
        summary,
        attempt_history: attempts
            .into_iter()
            .map(AttemptRow::into_attempt)
            .collect::<Result<_, _>>()?,
        waiting_behind,
        event,
    }))
}

/// What waits behind a delivery; nothing, once it has ended.
pub(super) fn followers(
    connection: &mut SqliteConnection,
    head: &PendingDeliveryRow,
) -> Result<Vec<Follower>, ReadError> {
    deliveries::table
        .filter(deliveries::consumer.eq(&head.consumer))
        .filter(deliveries::aggregate_id.eq(head.aggregate_id))
        .filter(deliveries::ended_at.is_null())
        .filter(deliveries::aggregate_version.gt(head.aggregate_version))
        .order(deliveries::aggregate_version)
        .load::<PendingDeliveryRow>(connection)?
        .into_iter()
        .map(PendingDeliveryRow::into_follower)
        .collect()
}
