//! What must hold in a context's own database, looked at.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, JoinOnDsl, NullableExpressionMethods, QueryDsl,
    QueryableByName,
    dsl::{case_when, max},
    sql_query,
    sql_types::{BigInt, Nullable, Text},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
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
pub(crate) async fn state_and_events(
    connection: &AsyncPgConnection,
    aggregates: &[AggregateTable],
) -> Result<Vec<Finding>, ReadError> {
    let mut findings = Vec::new();
    for aggregate in aggregates {
        let rows: Vec<Disagreement> = sql_query(disagreements(aggregate, MOST_FINDINGS))
            .load(&mut &*connection)
            .await?;
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
pub(crate) async fn ended_beyond_position(connection: &AsyncPgConnection) -> Result<Vec<Finding>, ReadError> {
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
        .load::<(String, RowId, String, i64, Option<i64>)>(&mut &*connection)
        .await?;
    Ok(rows.into_iter().map(ended_beyond).collect())
}

/// Whether the schema's tables and indexes are sound, by the extension `amcheck`, where the role may use it.
pub(crate) async fn sound_files(connection: &AsyncPgConnection) -> Result<Soundness, ReadError> {
    let installed: Vec<Problem> =
        sql_query("SELECT extname::text AS problem FROM pg_extension WHERE extname = 'amcheck'")
            .load(&mut &*connection)
            .await?;
    if installed.is_empty() {
        return Ok(Soundness::NotChecked(
            "the extension amcheck is not installed; `CREATE EXTENSION amcheck`, or run pg_amcheck"
                .to_owned(),
        ));
    }
    let heaps: Result<Vec<Problem>, _> = sql_query(
        "SELECT relation.relname || ': ' || damage.msg AS problem
         FROM pg_class AS relation, verify_heapam(relation.oid) AS damage
         WHERE relation.relkind = 'r' AND relation.relnamespace = current_schema()::regnamespace",
    )
    .load(&mut &*connection)
    .await;
    let mut problems = match heaps {
        Ok(problems) => problems,
        Err(error) => return Ok(Soundness::NotChecked(error.to_string())),
    };
    // An index that is not sound is an error out of the function, not a row.
    let indexes = sql_query(
        "SELECT bt_index_check(described.indexrelid) FROM pg_index AS described
         JOIN pg_class AS relation ON relation.oid = described.indexrelid
         JOIN pg_am ON pg_am.oid = relation.relam AND pg_am.amname = 'btree'
         WHERE relation.relnamespace = current_schema()::regnamespace AND described.indisvalid",
    )
    .execute(&mut &*connection)
    .await;
    problems.extend(indexes.err().map(|error| Problem {
        problem: error.to_string(),
    }));
    problems.truncate(MOST_FINDINGS);
    Ok(Soundness::Checked(
        problems.into_iter().map(Problem::into_finding).collect(),
    ))
}

/// What the log tells a consumer, aggregate by aggregate.
pub(crate) async fn told(
    connection: &AsyncPgConnection,
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
        .load::<(RowId, Option<i64>, Option<i64>)>(&mut &*connection)
        .await?
        .into_iter()
        .map(to_told)
        .collect()
}

/// The published versions of one aggregate that a consumer takes.
pub(crate) async fn published_after(
    connection: &AsyncPgConnection,
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
        .load::<i64>(&mut &*connection)
        .await?
        .into_iter()
        .map(to_version)
        .collect()
}

/// The versions of an aggregate that a consumer holds.
pub(crate) async fn pending_versions(
    connection: &AsyncPgConnection,
    consumer: &str,
    aggregate_id: Uuid,
) -> Result<Vec<Version>, ReadError> {
    deliveries::table
        .filter(deliveries::consumer.eq(consumer))
        .filter(deliveries::aggregate_id.eq(RowId(aggregate_id)))
        .filter(deliveries::ended_at.is_null())
        .select(deliveries::aggregate_version)
        .load::<i64>(&mut &*connection)
        .await?
        .into_iter()
        .map(to_version)
        .collect()
}
