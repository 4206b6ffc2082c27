//! The event log's rows: written by the committer, read by the relay.

use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable,
    SelectableHelper, SqliteConnection,
    dsl::max,
    insert_into, sql_query,
    sql_types::{BigInt, Text},
};
use message_bus::{Audience, Envelope};
use shared_kernel::{CommandId, CorrelationId, EventId, Timestamp, Version};
use uuid::Uuid;

use super::{
    ReadError,
    columns::{uuid_from_blob, uuid_to_blob},
    errors::WriteFailure,
    schema::event_log,
};
use crate::{History, LoggedEvent, PastEvent, UnloggedEvent};

// Without defaults every row is the same statement, which is then found again without being spelt out.
#[derive(Insertable)]
#[diesel(table_name = event_log, treat_none_as_default_value = false)]
struct NewRow<'a> {
    event_id: Vec<u8>,
    event_type: &'a str,
    schema_version: i32,
    private: bool,
    aggregate_type: &'a str,
    aggregate_id: Vec<u8>,
    aggregate_version: i64,
    occurred_at: i64,
    command_id: Vec<u8>,
    correlation_id: Vec<u8>,
    causation_id: Option<Vec<u8>>,
    actor: &'a str,
    traceparent: Option<&'a str>,
    data: String,
    published_at: Option<i64>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = event_log)]
#[diesel(check_for_backend(diesel::sqlite::Sqlite))]
struct Row {
    sequence: i64,
    event_id: Vec<u8>,
    event_type: String,
    schema_version: i32,
    aggregate_type: String,
    aggregate_id: Vec<u8>,
    aggregate_version: i64,
    occurred_at: i64,
    command_id: Vec<u8>,
    correlation_id: Vec<u8>,
    causation_id: Option<Vec<u8>>,
    actor: String,
    traceparent: Option<String>,
    data: String,
}

/// Appends an event. One that is private, or that no consumer takes, is published as it is written: there is nobody left to tell.
pub(super) fn append(
    connection: &mut SqliteConnection,
    event: &UnloggedEvent,
    is_taken: bool,
) -> Result<(), WriteFailure> {
    let envelope = &event.envelope;
    let occurred_at = envelope.occurred_at.as_microseconds();
    let is_private = event.audience == Audience::Private;
    insert_into(event_log::table)
        .values(NewRow {
            event_id: uuid_to_blob(envelope.event_id.uuid()),
            event_type: &envelope.event_type,
            schema_version: i32::from(envelope.schema_version),
            private: is_private,
            aggregate_type: &envelope.aggregate_type,
            aggregate_id: uuid_to_blob(envelope.aggregate_id),
            aggregate_version: i64::from(envelope.aggregate_version.number()),
            occurred_at,
            command_id: uuid_to_blob(envelope.command_id.uuid()),
            correlation_id: uuid_to_blob(envelope.correlation_id.uuid()),
            causation_id: envelope.causation_id.map(|id| uuid_to_blob(id.uuid())),
            actor: &envelope.actor,
            traceparent: envelope.traceparent.as_deref(),
            data: envelope.data.to_string(),
            published_at: (is_private || !is_taken).then_some(occurred_at),
        })
        .execute(connection)?;
    Ok(())
}

/// Marks events as published, all in one statement.
pub(super) fn mark_published(
    connection: &mut SqliteConnection,
    sequences: &[i64],
    now: i64,
) -> diesel::QueryResult<()> {
    // SQLite takes a list as one value only in the form of JSON.
    let list = serde_json::Value::from(sequences).to_string();
    sql_query("UPDATE event_log SET published_at = ? WHERE sequence IN (SELECT value FROM json_each(?))")
        .bind::<BigInt, _>(now)
        .bind::<Text, _>(list)
        .execute(connection)?;
    Ok(())
}

/// Makes published events of these types unpublished.
pub(super) fn publish_again(
    connection: &mut SqliteConnection,
    event_types: &[String],
) -> diesel::QueryResult<()> {
    diesel::update(
        event_log::table
            .filter(event_log::private.eq(false))
            .filter(event_log::event_type.eq_any(event_types)),
    )
    .set(event_log::published_at.eq(None::<i64>))
    .execute(connection)?;
    Ok(())
}

/// The oldest unpublished events.
pub(super) fn unpublished(
    connection: &mut SqliteConnection,
    source: &str,
    limit: u32,
) -> Result<Vec<LoggedEvent>, ReadError> {
    event_log::table
        .filter(event_log::published_at.is_null())
        .order(event_log::sequence)
        .limit(i64::from(limit))
        .select(Row::as_select())
        .load(connection)?
        .into_iter()
        .map(|row| row.into_logged_event(source))
        .collect()
}

/// How many events are unpublished.
pub(super) fn count_unpublished(connection: &mut SqliteConnection) -> Result<u64, ReadError> {
    let count: i64 = event_log::table
        .filter(event_log::published_at.is_null())
        .count()
        .get_result(connection)?;
    u64::try_from(count).map_err(ReadError::corrupt)
}

/// When the first of the unpublished events happened.
pub(super) fn oldest_unpublished_at(
    connection: &mut SqliteConnection,
) -> Result<Option<Timestamp>, ReadError> {
    let oldest: Option<i64> = event_log::table
        .filter(event_log::published_at.is_null())
        .order(event_log::sequence)
        .select(event_log::occurred_at)
        .first(connection)
        .optional()?;
    oldest
        .map(|microseconds| Timestamp::from_microseconds(microseconds).map_err(ReadError::corrupt))
        .transpose()
}

/// The events of an aggregate before `version`, newest first.
pub(super) fn history(
    connection: &mut SqliteConnection,
    aggregate_type: &str,
    aggregate_id: Uuid,
    version: Version,
) -> Result<History, ReadError> {
    let rows: Vec<(i64, String, i64)> = event_log::table
        .filter(event_log::aggregate_id.eq(uuid_to_blob(aggregate_id)))
        .filter(event_log::aggregate_type.eq(aggregate_type))
        .filter(event_log::aggregate_version.lt(i64::from(version.number())))
        .order(event_log::aggregate_version.desc())
        .select((
            event_log::aggregate_version,
            event_log::event_type,
            event_log::sequence,
        ))
        .load(connection)?;
    let past = rows.into_iter().map(|(version, event_type, sequence)| {
        Ok(PastEvent {
            version: to_version(version)?,
            event_type,
            sequence,
        })
    });
    past.collect::<Result<_, ReadError>>().map(History)
}

/// The largest sequence so far.
pub(super) fn last_sequence(connection: &mut SqliteConnection) -> Result<i64, ReadError> {
    let last: Option<Option<i64>> = event_log::table
        .select(max(event_log::sequence))
        .first(connection)
        .optional()?;
    Ok(last.flatten().unwrap_or(0))
}

/// A version from its column.
pub(super) fn to_version(column: i64) -> Result<Version, ReadError> {
    u32::try_from(column)
        .map(Version::new)
        .map_err(ReadError::corrupt)
}

impl Row {
    fn into_logged_event(self, source: &str) -> Result<LoggedEvent, ReadError> {
        let causation_id = match self.causation_id {
            Some(blob) => Some(EventId::new(uuid_from_blob(&blob)?)),
            None => None,
        };
        Ok(LoggedEvent {
            sequence: self.sequence,
            envelope: Envelope {
                event_id: EventId::new(uuid_from_blob(&self.event_id)?),
                event_type: self.event_type,
                schema_version: u16::try_from(self.schema_version).map_err(ReadError::corrupt)?,
                source: source.to_owned(),
                aggregate_type: self.aggregate_type,
                aggregate_id: uuid_from_blob(&self.aggregate_id)?,
                aggregate_version: to_version(self.aggregate_version)?,
                occurred_at: Timestamp::from_microseconds(self.occurred_at).map_err(ReadError::corrupt)?,
                command_id: CommandId::new(uuid_from_blob(&self.command_id)?),
                correlation_id: CorrelationId::new(uuid_from_blob(&self.correlation_id)?),
                causation_id,
                actor: self.actor,
                traceparent: self.traceparent,
                data: serde_json::from_str(&self.data).map_err(ReadError::corrupt)?,
            },
        })
    }
}
