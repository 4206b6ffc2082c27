//! What must hold in a context's own database, looked at.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, JoinOnDsl, NullableExpressionMethods, QueryDsl,
    QueryableByName, RunQueryDsl, SqliteConnection,
    dsl::{case_when, max},
    sql_query,
    sql_types::{BigInt, Nullable, Text},
};
use operations::invariants::{Finding, MOST_FINDINGS, Soundness, Taken, Told};
use shared_kernel::Version;
use uuid::Uuid;

use crate::{
    AggregateTable, ReadError,
    aggregate_table::disagreements,
    columns::{Id, RowId},
    event_log::event_row::to_version,
    operating::invariant_rows::{disagreement, ended_beyond, to_told},
    schema::{consumer_positions, deliveries, event_log},
};

#[derive(QueryableByName)]
struct Disagreement {
    #[diesel(sql_type = Id)]
    id: RowId,
    #[diesel(sql_type = Nullable<BigInt>)]
    version: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    first_event: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    last_event: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    events: Option<i64>,
}

#[derive(QueryableByName)]
struct Problem {
    #[diesel(sql_type = Text)]
    problem: String,
}

impl Problem {
    fn into_finding(self) -> Finding {
        Finding {
            subject: "the database's files".to_owned(),
            detail: self.problem,
        }
    }
}

/// Aggregates whose state and events do not tell the same.
pub(crate) fn state_and_events(
    connection: &mut SqliteConnection,
    aggregates: &[AggregateTable],
) -> Result<Vec<Finding>, ReadError> {
    let mut findings = Vec::new();
    for aggregate in aggregates {
        let rows: Vec<Disagreement> = sql_query(disagreements(aggregate, MOST_FINDINGS)).load(connection)?;
        findings.extend(rows.into_iter().map(|row| {
            let events = row.first_event.zip(row.last_event).zip(row.events);
            let events = events.map(|((first, last), count)| (first, last, count));
            disagreement(aggregate, row.id.0, row.version, events)
        }));
    }
    findings.truncate(MOST_FINDINGS);
    Ok(findings)
}

/// Deliveries that ended beyond their consumer's position.
pub(crate) fn ended_beyond_position(connection: &mut SqliteConnection) -> Result<Vec<Finding>, ReadError> {
    let same = consumer_positions::consumer
        .eq(deliveries::consumer)
        .and(consumer_positions::aggregate_id.eq(deliveries::aggregate_id));
    let behind = consumer_positions::position
        .nullable()
        .is_null()
        .or(consumer_positions::position
            .nullable()
            .lt(deliveries::aggregate_version.nullable())
            .assume_not_null());
    let rows = deliveries::table
        .left_join(consumer_positions::table.on(same))
        .filter(deliveries::ended_at.is_not_null())
        .filter(behind)
        .limit(MOST_FINDINGS as i64)
        .select((
            deliveries::consumer,
            deliveries::event_id,
            deliveries::state,
            deliveries::aggregate_version,
            consumer_positions::position.nullable(),
        ))
        .load::<(String, RowId, String, i64, Option<i64>)>(connection)?;
    Ok(rows.into_iter().map(ended_beyond).collect())
}

/// Whether the file is sound: its pages and indexes, and what its rows refer to.
pub(crate) fn sound_files(connection: &mut SqliteConnection) -> Result<Soundness, ReadError> {
    let mut problems: Vec<Problem> =
        sql_query("SELECT integrity_check AS problem FROM pragma_integrity_check").load(connection)?;
    problems.retain(|line| line.problem != "ok");
    let dangling: Vec<Problem> = sql_query(
        "SELECT \"table\" || ': a row refers to a row of ' || parent || ' that is not there' AS problem FROM pragma_foreign_key_check",
    )
    .load(connection)?;
    problems.extend(dangling);
    problems.truncate(MOST_FINDINGS);
    Ok(Soundness::Checked(
        problems.into_iter().map(Problem::into_finding).collect(),
    ))
}

/// What the log tells a consumer, aggregate by aggregate.
pub(crate) fn told(
    connection: &mut SqliteConnection,
    taken: &Taken,
    after: Option<Uuid>,
    limit: u32,
) -> Result<Vec<Told>, ReadError> {
    let published = case_when(
        event_log::published_at.is_not_null(),
        event_log::aggregate_version.nullable(),
    );
    event_log::table
        .filter(event_log::private.eq(false))
        .filter(event_log::event_type.eq_any(&taken.event_types))
        .filter(event_log::sequence.gt(taken.begins_after))
        .filter(event_log::aggregate_id.gt(RowId(after.unwrap_or(Uuid::nil()))))
        .group_by(event_log::aggregate_id)
        .order(event_log::aggregate_id)
        .limit(i64::from(limit))
        .select((
            event_log::aggregate_id,
            max(event_log::aggregate_version),
            max(published),
        ))
        .load::<(RowId, Option<i64>, Option<i64>)>(connection)?
        .into_iter()
        .map(to_told)
        .collect()
}

/// The published versions of one aggregate that a consumer takes.
pub(crate) fn published_after(
    connection: &mut SqliteConnection,
    taken: &Taken,
    aggregate_id: Uuid,
    position: Version,
) -> Result<Vec<Version>, ReadError> {
    event_log::table
        .filter(event_log::aggregate_id.eq(RowId(aggregate_id)))
        .filter(event_log::private.eq(false))
        .filter(event_log::event_type.eq_any(&taken.event_types))
        .filter(event_log::sequence.gt(taken.begins_after))
        .filter(event_log::published_at.is_not_null())
        .filter(event_log::aggregate_version.gt(i64::from(position.number())))
        .order(event_log::aggregate_version)
        .select(event_log::aggregate_version)
        .load::<i64>(connection)?
        .into_iter()
        .map(to_version)
        .collect()
}

/// The versions of an aggregate that a consumer holds.
pub(crate) fn pending_versions(
    connection: &mut SqliteConnection,
    consumer: &str,
    aggregate_id: Uuid,
) -> Result<Vec<Version>, ReadError> {
    deliveries::table
        .filter(deliveries::consumer.eq(consumer))
        .filter(deliveries::aggregate_id.eq(RowId(aggregate_id)))
        .filter(deliveries::ended_at.is_null())
        // Without an order, SQLite would go through all that the consumer holds, by the primary key.
        .order(deliveries::aggregate_version)
        .select(deliveries::aggregate_version)
        .load::<i64>(connection)?
        .into_iter()
        .map(to_version)
        .collect()
}
