//! The event log's rows: written by the committers, read by the relay.

pub(crate) mod lease;

use diesel::{
    ExpressionMethods, QueryDsl, QueryResult,
    dsl::{exists, not},
    sql_query,
    sql_types::{BigInt, Text},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use event_delivery::{History, LoggedEvent, Missing, PastEvent};
use message_bus::{Audience, Envelope};
use shared_kernel::Version;
use uuid::Uuid;

use crate::{
    ReadError,
    columns::{Id, RowId, RowJson, row_time},
    event_log::{
        event_row::{EventRow, to_version},
        postgres::lease::Lease,
    },
    operating::postgres::lived_time::stamp,
    postgres::BatchStatement,
    schema::event_log,
};

/// Appends events. Those that are private, or that no consumer takes, are published as they are written, since no consumer is to get them. They
/// are in the log in the order in which they were decided. Two transactions do not wait for each other here: a transaction that writes a
/// version of an aggregate has locked the aggregate's row by then.
pub(crate) async fn append(
    connection: &AsyncPgConnection,
    events: &[&(Envelope, Audience)],
    is_taken: impl Fn(&str) -> bool,
) -> QueryResult<()> {
    if events.is_empty() {
        return Ok(());
    }
    let envelopes = || events.iter().map(|(envelope, _)| envelope);
    let is_private = || events.iter().map(|(_, audience)| *audience == Audience::Private);
    let is_published = envelopes()
        .zip(is_private())
        .map(|(envelope, is_private)| is_private || !is_taken(&envelope.event_type));
    BatchStatement::new(concat!(
        "INSERT INTO event_log (event_id, event_type, schema_version, private, aggregate_type, aggregate_id,
             aggregate_version, occurred_at, command_id, correlation_id, causation_id, actor, traceparent, data, published_at)
         SELECT event_id, event_type, schema_version, private, aggregate_type, aggregate_id, aggregate_version, occurred_at,
             command_id, correlation_id, causation_id, actor, traceparent, data, CASE WHEN is_published THEN ",
        stamp!(),
        " END FROM unnest("
    ))
    .ids(envelopes().map(|envelope| RowId(envelope.event_id.uuid())))
    .texts(envelopes().map(|envelope| envelope.event_type.clone()))
    .small_numbers(envelopes().map(|envelope| i32::from(envelope.schema_version)))
    .flags(is_private())
    .texts(envelopes().map(|envelope| envelope.aggregate_type.clone()))
    .ids(envelopes().map(|envelope| RowId(envelope.aggregate_id)))
    .numbers(envelopes().map(|envelope| i64::from(envelope.aggregate_version.number())))
    .times(envelopes().map(|envelope| row_time(envelope.occurred_at)))
    .ids(envelopes().map(|envelope| RowId(envelope.command_id.uuid())))
    .ids(envelopes().map(|envelope| RowId(envelope.correlation_id.uuid())))
    .optional_ids(envelopes().map(|envelope| envelope.causation_id.map(|id| RowId(id.uuid()))))
    .texts(envelopes().map(|envelope| envelope.actor.clone()))
    .optional_texts(envelopes().map(|envelope| envelope.traceparent.clone()))
    .json(envelopes().map(|envelope| RowJson(envelope.data.to_string())))
    .flags(is_published)
    .then(
        ") AS given (event_id, event_type, schema_version, private, aggregate_type, aggregate_id, aggregate_version, occurred_at,
             command_id, correlation_id, causation_id, actor, traceparent, data, is_published)",
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Marks events as published, all in one statement. Marks of a process that lost the lease do nothing: the present holder marks
/// these events once they are delivered.
pub(crate) async fn mark_published(
    connection: &AsyncPgConnection,
    sequences: &[i64],
    lease: Lease,
) -> QueryResult<()> {
    BatchStatement::new(concat!(
        "UPDATE event_log SET published_at = ",
        stamp!(),
        " FROM (SELECT mark.* FROM event_log JOIN unnest("
    ))
    .numbers(sequences.iter().copied())
    .then(
        ") AS mark (sequence) ON event_log.sequence = mark.sequence
             ORDER BY event_log.sequence FOR NO KEY UPDATE OF event_log) AS mark, relay_lease
         WHERE event_log.sequence = mark.sequence
           AND relay_lease.holder = ANY (",
    )
    .ids([RowId(lease.holder)])
    .then(") AND relay_lease.fence = ANY (")
    .numbers([lease.fence])
    .then(")")
    .execute(connection)
    .await?;
    Ok(())
}

/// Makes published events of these types, up to a sequence, unpublished. Returns how many.
pub(crate) async fn publish_again(
    connection: &AsyncPgConnection,
    event_types: &[String],
    up_to: i64,
) -> QueryResult<usize> {
    BatchStatement::new(
        "UPDATE event_log SET published_at = NULL FROM (
             SELECT sequence FROM event_log WHERE NOT private AND event_type = ANY (",
    )
    .texts(event_types.iter().cloned())
    .then(") AND sequence <= ANY (")
    .numbers([up_to])
    .then(
        ") ORDER BY sequence FOR NO KEY UPDATE) AS again
         WHERE event_log.sequence = again.sequence",
    )
    .execute(connection)
    .await
}

/// Makes the events that a consumer misses unpublished. Returns whether the last of them still exists.
pub(crate) async fn republish_gap(connection: &AsyncPgConnection, missing: &Missing) -> QueryResult<bool> {
    let up_to = i64::from(missing.up_to.number());
    sql_query(
        "UPDATE event_log SET published_at = NULL FROM (
             SELECT sequence FROM event_log
             WHERE aggregate_id = $1 AND aggregate_type = $2 AND NOT private AND aggregate_version > $3 AND aggregate_version <= $4
             ORDER BY sequence FOR NO KEY UPDATE) AS missing
         WHERE event_log.sequence = missing.sequence",
    )
    .bind::<Id, _>(RowId(missing.aggregate_id))
    .bind::<Text, _>(&missing.aggregate_type)
    .bind::<BigInt, _>(i64::from(missing.after.number()))
    .bind::<BigInt, _>(up_to)
    .execute(&mut &*connection)
    .await?;
    let last = event_log::table
        .filter(event_log::aggregate_id.eq(RowId(missing.aggregate_id)))
        .filter(event_log::aggregate_type.eq(&missing.aggregate_type))
        .filter(not(event_log::private))
        .filter(event_log::aggregate_version.eq(up_to));
    diesel::select(exists(last)).get_result(&mut &*connection).await
}

/// The columns of an event, as [`EventRow`] takes them.
macro_rules! event_columns {
    () => {
        (
            event_log::sequence,
            event_log::event_id,
            event_log::event_type,
            event_log::schema_version,
            event_log::aggregate_type,
            event_log::aggregate_id,
            event_log::aggregate_version,
            event_log::occurred_at,
            event_log::command_id,
            event_log::correlation_id,
            event_log::causation_id,
            event_log::actor,
            event_log::traceparent,
            event_log::data,
        )
    };
}

/// The oldest unpublished events.
pub(crate) async fn unpublished(
    connection: &AsyncPgConnection,
    source: &str,
    limit: u32,
) -> Result<Vec<LoggedEvent>, ReadError> {
    event_log::table
        .filter(event_log::published_at.is_null())
        .order(event_log::sequence)
        .limit(i64::from(limit))
        .select(event_columns!())
        .load::<EventRow>(&mut &*connection)
        .await?
        .into_iter()
        .map(|row| row.into_logged_event(source))
        .collect()
}

/// The events of an aggregate before `version`, newest first.
pub(crate) async fn history(
    connection: &AsyncPgConnection,
    aggregate_type: &str,
    aggregate_id: Uuid,
    version: Version,
) -> Result<History, ReadError> {
    let rows: Vec<(i64, String, i64)> = event_log::table
        .filter(event_log::aggregate_id.eq(RowId(aggregate_id)))
        .filter(event_log::aggregate_type.eq(aggregate_type))
        .filter(event_log::aggregate_version.lt(i64::from(version.number())))
        .order(event_log::aggregate_version.desc())
        .select((
            event_log::aggregate_version,
            event_log::event_type,
            event_log::sequence,
        ))
        .load(&mut &*connection)
        .await?;
    let past = rows.into_iter().map(|(version, event_type, sequence)| {
        Ok(PastEvent {
            version: to_version(version)?,
            event_type,
            sequence,
        })
    });
    past.collect::<Result<_, ReadError>>().map(History)
}
