//! What operators see of a context's consumers and deliveries.

use std::collections::HashMap;

use operations::records::{ConsumerBacklog, DeliveryKey, DeliveryRecord, DeliverySummary, Follower};
use shared_kernel::Timestamp;

use crate::{
    ReadError,
    any_connection::AnyConnection,
    columns::{RowId, row_time},
    delivering::{
        consumer_row::{COUNT_UNFINISHED, ConsumerRow, PendingCountRow},
        pending_delivery_row::{AttemptRow, PendingDeliveryRow},
    },
    statement::Statement,
};

/// How many deliveries go on by themselves: retrying or waiting, not behind a dead one, of a consumer that is not paused.
pub(crate) async fn count_unfinished(connection: &mut AnyConnection<'_>) -> Result<u64, ReadError> {
    let count = connection.numbers(Statement::new(COUNT_UNFINISHED)).await?;
    u64::try_from(count.into_iter().sum::<i64>()).map_err(ReadError::corrupt)
}

/// The pending deliveries of each consumer.
pub(crate) async fn consumers(connection: &mut AnyConnection<'_>) -> Result<Vec<ConsumerBacklog>, ReadError> {
    let counts = Statement::new(
        "SELECT consumer, state, count(*) AS count, min(held_at) AS oldest FROM deliveries WHERE ended_at IS NULL
         GROUP BY consumer, state",
    );
    let counts: Vec<PendingCountRow> = connection.load(counts).await?;
    let counts: HashMap<_, _> = counts
        .into_iter()
        .map(PendingCountRow::into_count)
        .collect::<Result<_, _>>()?;
    let rows: Vec<ConsumerRow> = connection
        .load(Statement::new("SELECT * FROM consumers ORDER BY consumer"))
        .await?;
    rows.into_iter().map(|row| row.into_backlog(&counts)).collect()
}

/// Dead letters, the oldest first.
pub(crate) async fn dead_letters(
    connection: &mut AnyConnection<'_>,
    after: Option<(Timestamp, DeliveryKey)>,
    limit: u32,
) -> Result<Vec<DeliverySummary>, ReadError> {
    // The state stands in the text: with the state as a value, no planner would see that an index serves.
    let statement = match after {
        None => Statement::new(
            "SELECT * FROM deliveries WHERE state = 'dead' ORDER BY held_at, consumer, event_id LIMIT $1",
        )
        .bind(limit),
        Some((held_at, key)) => Statement::new(
            "SELECT * FROM deliveries WHERE state = 'dead'
               AND (held_at > $2 OR (held_at = $2 AND (consumer > $3 OR (consumer = $3 AND event_id > $4))))
             ORDER BY held_at, consumer, event_id LIMIT $1",
        )
        .bind(limit)
        .bind(row_time(held_at))
        .bind(key.consumer)
        .bind(RowId(key.event_id.uuid())),
    };
    let rows: Vec<PendingDeliveryRow> = connection.load(statement).await?;
    rows.into_iter()
        .map(|row| row.into_summary().map(|(summary, _)| summary))
        .collect()
}

/// The row of a delivery.
pub(super) async fn row_of(
    connection: &mut AnyConnection<'_>,
    consumer: &str,
    event_id: RowId,
) -> Result<Option<PendingDeliveryRow>, ReadError> {
    let statement = Statement::new("SELECT * FROM deliveries WHERE consumer = $1 AND event_id = $2");
    Ok(connection.first(statement.bind(consumer).bind(event_id)).await?)
}

/// All that is stored about one delivery.
pub(crate) async fn delivery(
    connection: &mut AnyConnection<'_>,
    key: DeliveryKey,
) -> Result<Option<DeliveryRecord>, ReadError> {
    let event_id = RowId(key.event_id.uuid());
    let Some(row) = row_of(connection, &key.consumer, event_id).await? else {
        return Ok(None);
    };
    let attempts = Statement::new(
        "SELECT number, began_at, ended_at, error FROM delivery_attempts WHERE consumer = $1 AND event_id = $2 ORDER BY number",
    );
    let attempts: Vec<AttemptRow> = connection
        .load(attempts.bind(key.consumer).bind(event_id))
        .await?;
    let waiting_behind = followers(connection, &row).await?;
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

/// The deliveries that wait behind a delivery; none, once it has ended.
pub(super) async fn followers(
    connection: &mut AnyConnection<'_>,
    head: &PendingDeliveryRow,
) -> Result<Vec<Follower>, ReadError> {
    let statement = Statement::new(
        "SELECT * FROM deliveries WHERE consumer = $1 AND aggregate_id = $2 AND ended_at IS NULL AND aggregate_version > $3
         ORDER BY aggregate_version",
    );
    let statement = statement
        .bind(head.consumer.as_str())
        .bind(head.aggregate_id)
        .bind(head.aggregate_version);
    let rows: Vec<PendingDeliveryRow> = connection.load(statement).await?;
    rows.into_iter().map(PendingDeliveryRow::into_follower).collect()
}
