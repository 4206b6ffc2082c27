//! The event log's rows: written by the committer, read by the relay.

use diesel::{
    ExpressionMethods, Insertable, QueryDsl, RunQueryDsl, SqliteConnection, dsl::exists, insert_into,
    sql_query, sql_types::Text,
};
use event_delivery::{History, LoggedEvent, Missing, PastEvent};
use message_bus::{Audience, Envelope};
use shared_kernel::Version;
use uuid::Uuid;

use crate::{
    ReadError,
    columns::{RowId, RowJson, RowTime, UtcTime, row_time},
    event_log::event_row::{EventRow, to_version},
    schema::event_log,
    sqlite::errors::WriteFailure,
};

// Without defaults every row is the same statement, which is found in the cache.
#[derive(Insertable)]
#[diesel(table_name = event_log, treat_none_as_default_value = false)]
struct NewRow<'a> {
    event_id: RowId,
    event_type: &'a str,
    schema_version: i32,
    private: bool,
    aggregate_type: &'a str,
    aggregate_id: RowId,
    aggregate_version: i64,
    occurred_at: RowTime,
    command_id: RowId,
    correlation_id: RowId,
    causation_id: Option<RowId>,
    actor: &'a str,
    traceparent: Option<&'a str>,
    data: RowJson,
    published_at: Option<RowTime>,
}

/// Appends an event. One that is private, or that no consumer takes, is published as it is written, with this stamp, since no consumer is to get it.
pub(crate) fn append(
    connection: &mut SqliteConnection,
    (envelope, audience): &(Envelope, Audience),
    is_taken: bool,
    stamp: RowTime,
) -> Result<(), WriteFailure> {
    let is_private = *audience == Audience::Private;
    insert_into(event_log::table)
        .values(NewRow {
            event_id: RowId(envelope.event_id.uuid()),
            event_type: &envelope.event_type,
            schema_version: i32::from(envelope.schema_version),
            private: is_private,
            aggregate_type: &envelope.aggregate_type,
            aggregate_id: RowId(envelope.aggregate_id),
            aggregate_version: i64::from(envelope.aggregate_version.number()),
            occurred_at: row_time(envelope.occurred_at),
            command_id: RowId(envelope.command_id.uuid()),
            correlation_id: RowId(envelope.correlation_id.uuid()),
            causation_id: envelope.causation_id.map(|id| RowId(id.uuid())),
            actor: &envelope.actor,
            traceparent: envelope.traceparent.as_deref(),
            data: RowJson(envelope.data.to_string()),
            published_at: (is_private || !is_taken).then_some(stamp),
        })
        .execute(connection)?;
    Ok(())
}

/// Marks events as published, all in one statement, with this stamp.
pub(crate) fn mark_published(
    connection: &mut SqliteConnection,
    sequences: &[i64],
    stamp: RowTime,
) -> diesel::QueryResult<()> {
    // SQLite takes a list as one value only as JSON.
    let list = serde_json::Value::from(sequences).to_string();
    sql_query("UPDATE event_log SET published_at = ? WHERE sequence IN (SELECT value FROM json_each(?))")
        .bind::<UtcTime, _>(stamp)
        .bind::<Text, _>(list)
        .execute(connection)?;
    Ok(())
}

/// Makes published events of these types, up to a sequence, unpublished. Returns how many.
pub(crate) fn publish_again(
    connection: &mut SqliteConnection,
    event_types: &[String],
    up_to: i64,
) -> diesel::QueryResult<usize> {
    diesel::update(
        event_log::table
            .filter(event_log::private.eq(false))
            .filter(event_log::event_type.eq_any(event_types))
            .filter(event_log::sequence.le(up_to)),
    )
    .set(event_log::published_at.eq(None::<RowTime>))
    .execute(connection)
}

/// Makes the events that a consumer misses unpublished. Returns whether the last of them still exists.
pub(crate) fn republish_gap(
    connection: &mut SqliteConnection,
    missing: &Missing,
) -> diesel::QueryResult<bool> {
    let up_to = i64::from(missing.up_to.number());
    let aggregate = event_log::table
        .filter(event_log::aggregate_id.eq(RowId(missing.aggregate_id)))
        .filter(event_log::aggregate_type.eq(&missing.aggregate_type))
        .filter(event_log::private.eq(false));
    diesel::update(
        aggregate
            .filter(event_log::aggregate_version.gt(i64::from(missing.after.number())))
            .filter(event_log::aggregate_version.le(up_to)),
    )
    .set(event_log::published_at.eq(None::<RowTime>))
    .execute(connection)?;
    let last = aggregate.filter(event_log::aggregate_version.eq(up_to));
    diesel::select(exists(last)).get_result(connection)
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
pub(crate) fn unpublished(
    connection: &mut SqliteConnection,
    source: &str,
    limit: u32,
) -> Result<Vec<LoggedEvent>, ReadError> {
    event_log::table
        .filter(event_log::published_at.is_null())
        .order(event_log::sequence)
        .limit(i64::from(limit))
        .select(event_columns!())
        .load::<EventRow>(connection)?
        .into_iter()
        .map(|row| row.into_logged_event(source))
        .collect()
}

/// The events of an aggregate before `version`, newest first.
pub(crate) fn history(
    connection: &mut SqliteConnection,
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
