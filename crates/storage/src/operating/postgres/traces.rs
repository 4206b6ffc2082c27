//! What a context knows about events and what became of them.

use diesel::{ExpressionMethods, QueryDsl};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use operations::{
    ReachedPosition, TracedEvent,
    records::{DeliveryKey, DeliveryRecord},
};
use shared_kernel::EventId;
use uuid::Uuid;

use crate::{
    ReadError,
    columns::RowId,
    event_log::{
        event_row::{TracedRow, to_traced, to_version},
        postgres::event_columns,
    },
    operating::postgres::operator_views::delivery,
    schema::{consumer_positions, consumers, deliveries, event_log},
};

/// The events of an aggregate, by version.
pub(crate) async fn events_of(
    connection: &AsyncPgConnection,
    source: &str,
    aggregate_type: &str,
    aggregate_id: Uuid,
) -> Result<Vec<TracedEvent>, ReadError> {
    event_log::table
        .filter(event_log::aggregate_id.eq(RowId(aggregate_id)))
        .filter(event_log::aggregate_type.eq(aggregate_type))
        .order(event_log::aggregate_version)
        .select((event_columns!(), event_log::private, event_log::published_at))
        .load::<TracedRow>(&mut &*connection)
        .await?
        .into_iter()
        .map(|row| to_traced(row, source))
        .collect()
}

/// The events that reactions to any of these led to.
pub(crate) async fn events_caused_by(
    connection: &AsyncPgConnection,
    source: &str,
    causes: &[EventId],
) -> Result<Vec<TracedEvent>, ReadError> {
    let causes = causes.iter().map(|id| RowId(id.uuid()));
    event_log::table
        .filter(event_log::causation_id.eq_any(causes))
        .select((event_columns!(), event_log::private, event_log::published_at))
        .load::<TracedRow>(&mut &*connection)
        .await?
        .into_iter()
        .map(|row| to_traced(row, source))
        .collect()
}

/// The pending deliveries of any of these events.
pub(crate) async fn deliveries_of(
    connection: &AsyncPgConnection,
    events: &[EventId],
) -> Result<Vec<DeliveryRecord>, ReadError> {
    let events = events.iter().map(|id| RowId(id.uuid()));
    // By consumer and event, as the key has it.
    let keys: Vec<(String, RowId)> = deliveries::table
        .filter(deliveries::consumer.eq_any(consumers::table.select(consumers::consumer)))
        .filter(deliveries::event_id.eq_any(events))
        .select((deliveries::consumer, deliveries::event_id))
        .load(&mut &*connection)
        .await?;
    let mut records = Vec::with_capacity(keys.len());
    for (consumer, event_id) in keys {
        let event_id = EventId::new(event_id.0);
        records.extend(delivery(connection, &DeliveryKey { consumer, event_id }).await?);
    }
    Ok(records)
}

/// How far consumers have come with any of these aggregates.
pub(crate) async fn positions_of(
    connection: &AsyncPgConnection,
    aggregates: &[Uuid],
) -> Result<Vec<ReachedPosition>, ReadError> {
    let aggregates = aggregates.iter().copied().map(RowId);
    let rows: Vec<(String, RowId, i64)> = consumer_positions::table
        .filter(consumer_positions::consumer.eq_any(consumers::table.select(consumers::consumer)))
        .filter(consumer_positions::aggregate_id.eq_any(aggregates))
        .select((
            consumer_positions::consumer,
            consumer_positions::aggregate_id,
            consumer_positions::position,
        ))
        .load(&mut &*connection)
        .await?;
    rows.into_iter()
        .map(|(consumer, aggregate_id, position)| {
            Ok(ReachedPosition {
                consumer,
                aggregate_id: aggregate_id.0,
                position: to_version(position)?,
            })
        })
        .collect()
}
