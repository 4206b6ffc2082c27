//! A context's events and their deliveries, for timelines.

use operations::{
    ReachedPosition, TracedEvent,
    records::{DeliveryKey, DeliveryRecord},
};
use shared_kernel::EventId;
use uuid::Uuid;

use crate::{
    ReadError,
    any_connection::AnyConnection,
    columns::RowId,
    delivering::consumer_row::PositionRow,
    event_log::event_row::{TracedRow, to_version},
    operating::operator_views::delivery,
    statement::{Statement, placeholders},
};

/// The events of an aggregate, by version.
pub(crate) async fn events_of(
    connection: &mut AnyConnection<'_>,
    source: &str,
    aggregate_type: String,
    aggregate_id: Uuid,
) -> Result<Vec<TracedEvent>, ReadError> {
    let statement = Statement::new(
        "SELECT * FROM event_log WHERE aggregate_id = $1 AND aggregate_type = $2 ORDER BY aggregate_version",
    );
    let statement = statement.bind(RowId(aggregate_id)).bind(aggregate_type);
    traced(connection, source, statement).await
}

/// The events that reactions to any of these led to.
pub(crate) async fn events_caused_by(
    connection: &mut AnyConnection<'_>,
    source: &str,
    causes: Vec<EventId>,
) -> Result<Vec<TracedEvent>, ReadError> {
    if causes.is_empty() {
        return Ok(Vec::new());
    }
    let statement = Statement::made(format!(
        "SELECT * FROM event_log WHERE causation_id IN ({})",
        placeholders(1, causes.len())
    ));
    let statement = statement.bind_all(causes.iter().map(|id| RowId(id.uuid())));
    traced(connection, source, statement).await
}

async fn traced(
    connection: &mut AnyConnection<'_>,
    source: &str,
    statement: Statement,
) -> Result<Vec<TracedEvent>, ReadError> {
    let rows: Vec<TracedRow> = connection.load(statement).await?;
    rows.into_iter().map(|row| row.into_traced(source)).collect()
}

/// The pending deliveries of any of these events.
pub(crate) async fn deliveries_of(
    connection: &mut AnyConnection<'_>,
    events: Vec<EventId>,
) -> Result<Vec<DeliveryRecord>, ReadError> {
    if events.is_empty() {
        return Ok(Vec::new());
    }
    // By consumer and event, as the key has it.
    let statement = Statement::made(format!(
        "SELECT consumer, event_id FROM deliveries WHERE consumer IN (SELECT consumer FROM consumers) AND event_id IN ({})",
        placeholders(1, events.len())
    ));
    let statement = statement.bind_all(events.iter().map(|id| RowId(id.uuid())));
    let keys: Vec<DeliveryKeyRow> = connection.load(statement).await?;
    let mut records = Vec::with_capacity(keys.len());
    for DeliveryKeyRow { consumer, event_id } in keys {
        let event_id = EventId::new(event_id.0);
        records.extend(delivery(connection, DeliveryKey { consumer, event_id }).await?);
    }
    Ok(records)
}

#[derive(diesel::QueryableByName)]
#[diesel(table_name = crate::schema::deliveries)]
struct DeliveryKeyRow {
    consumer: String,
    event_id: RowId,
}

/// Consumers' progress with any of these aggregates.
pub(crate) async fn positions_of(
    connection: &mut AnyConnection<'_>,
    aggregates: Vec<Uuid>,
) -> Result<Vec<ReachedPosition>, ReadError> {
    if aggregates.is_empty() {
        return Ok(Vec::new());
    }
    let statement = Statement::made(format!(
        "SELECT * FROM consumer_positions WHERE consumer IN (SELECT consumer FROM consumers) AND aggregate_id IN ({})",
        placeholders(1, aggregates.len())
    ));
    let statement = statement.bind_all(aggregates.into_iter().map(RowId));
    let rows: Vec<PositionRow> = connection.load(statement).await?;
    rows.into_iter()
        .map(|row| {
            Ok(ReachedPosition {
                consumer: row.consumer,
                aggregate_id: row.aggregate_id.0,
                position: to_version(row.position)?,
            })
        })
        .collect()
}
