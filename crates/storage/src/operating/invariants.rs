//! The invariants of a context's own database.

use diesel::{
    QueryableByName,
    sql_types::{BigInt, Nullable, Text},
};
use operations::invariants::{Finding, MOST_FINDINGS, Taken, Told};
use shared_kernel::Version;
use uuid::Uuid;

use crate::{
    AggregateTable, ReadError,
    aggregate_table::disagreements,
    any_connection::AnyConnection,
    columns::{Id, RowId},
    event_log::event_row::to_version,
    statement::{Statement, placeholders},
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

impl Disagreement {
    /// An aggregate's version, its first and last event and how many there are, as a finding.
    fn finding(self, aggregate: &AggregateTable) -> Finding {
        let events = self.first_event.zip(self.last_event).zip(self.events);
        let told = match events {
            None => "no event".to_owned(),
            Some(((first, last), count)) => format!("{count} events, from version {first} to {last}"),
        };
        let (found, expected) = match self.version {
            Some(version) => (
                format!("state at version {version} and {told}"),
                format!("one event for each version up to {version}"),
            ),
            None => (
                format!("no state and {told}"),
                "state where there are events".to_owned(),
            ),
        };
        Finding {
            subject: format!("{} {}", aggregate.aggregate_type, self.id.0),
            detail: format!("found {found}; expected {expected}"),
        }
    }
}

/// Aggregates whose state and events do not agree.
pub(crate) async fn state_and_events(
    connection: &mut AnyConnection<'_>,
    aggregates: &[AggregateTable],
) -> Result<Vec<Finding>, ReadError> {
    let mut findings = Vec::new();
    for aggregate in aggregates {
        let statement = Statement::made(disagreements(aggregate, MOST_FINDINGS));
        let rows: Vec<Disagreement> = connection.load(statement).await?;
        findings.extend(rows.into_iter().map(|row| row.finding(aggregate)));
    }
    findings.truncate(MOST_FINDINGS);
    Ok(findings)
}

#[derive(QueryableByName)]
struct EndedBeyond {
    #[diesel(sql_type = Text)]
    consumer: String,
    #[diesel(sql_type = Id)]
    event_id: RowId,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = BigInt)]
    aggregate_version: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    position: Option<i64>,
}

impl EndedBeyond {
    fn finding(self) -> Finding {
        Finding {
            subject: format!("delivery {}:{}", self.consumer, self.event_id.0),
            detail: format!(
                "found version {version} {} and the consumer at {}; expected it at {version} or later",
                self.state,
                self.position.unwrap_or(0),
                version = self.aggregate_version
            ),
        }
    }
}

/// Deliveries that ended beyond their consumer's position.
pub(crate) async fn ended_beyond_position(
    connection: &mut AnyConnection<'_>,
) -> Result<Vec<Finding>, ReadError> {
    let statement = Statement::new(
        "SELECT deliveries.consumer, deliveries.event_id, deliveries.state, deliveries.aggregate_version, consumer_positions.position
         FROM deliveries LEFT JOIN consumer_positions ON consumer_positions.consumer = deliveries.consumer
             AND consumer_positions.aggregate_id = deliveries.aggregate_id
         WHERE deliveries.ended_at IS NOT NULL
           AND (consumer_positions.position IS NULL OR consumer_positions.position < deliveries.aggregate_version)
         LIMIT $1",
    );
    let rows: Vec<EndedBeyond> = connection.load(statement.bind(MOST_FINDINGS as i64)).await?;
    Ok(rows.into_iter().map(EndedBeyond::finding).collect())
}

#[derive(QueryableByName)]
struct ToldRow {
    #[diesel(sql_type = Id)]
    aggregate_id: RowId,
    #[diesel(sql_type = Nullable<BigInt>)]
    last: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    last_published: Option<i64>,
}

impl ToldRow {
    fn into_told(self) -> Result<Told, ReadError> {
        let version = |column: Option<i64>| column.map_or(Ok(Version::NEVER_STORED), to_version);
        Ok(Told {
            aggregate_id: self.aggregate_id.0,
            last: version(self.last)?,
            last_published: version(self.last_published)?,
        })
    }
}

/// The log's events for a consumer, aggregate by aggregate.
pub(crate) async fn told(
    connection: &mut AnyConnection<'_>,
    taken: Taken,
    after: Option<Uuid>,
    limit: u32,
) -> Result<Vec<Told>, ReadError> {
    if taken.event_types.is_empty() {
        return Ok(Vec::new());
    }
    let statement = Statement::made(format!(
        "SELECT aggregate_id, max(aggregate_version) AS last,
             max(CASE WHEN published_at IS NOT NULL THEN aggregate_version END) AS last_published
         FROM event_log WHERE private = $1 AND sequence > $2 AND aggregate_id > $3 AND event_type IN ({})
         GROUP BY aggregate_id ORDER BY aggregate_id LIMIT $4",
        placeholders(5, taken.event_types.len())
    ));
    let statement = statement
        .bind(false)
        .bind(taken.begins_after)
        .bind(RowId(after.unwrap_or(Uuid::nil())))
        .bind(limit)
        .bind_all(taken.event_types);
    let rows: Vec<ToldRow> = connection.load(statement).await?;
    rows.into_iter().map(ToldRow::into_told).collect()
}

/// The published versions of one aggregate that a consumer takes.
pub(crate) async fn published_after(
    connection: &mut AnyConnection<'_>,
    taken: Taken,
    aggregate_id: Uuid,
    position: Version,
) -> Result<Vec<Version>, ReadError> {
    if taken.event_types.is_empty() {
        return Ok(Vec::new());
    }
    let statement = Statement::made(format!(
        "SELECT aggregate_version AS number FROM event_log
         WHERE aggregate_id = $1 AND private = $2 AND sequence > $3 AND published_at IS NOT NULL AND aggregate_version > $4
           AND event_type IN ({}) ORDER BY aggregate_version",
        placeholders(5, taken.event_types.len())
    ));
    let statement = statement
        .bind(RowId(aggregate_id))
        .bind(false)
        .bind(taken.begins_after)
        .bind(position.number())
        .bind_all(taken.event_types);
    let versions = connection.numbers(statement).await?;
    versions.into_iter().map(to_version).collect()
}

/// The versions of an aggregate for which a consumer has a pending delivery.
pub(crate) async fn pending_versions(
    connection: &mut AnyConnection<'_>,
    consumer: &str,
    aggregate_id: Uuid,
) -> Result<Vec<Version>, ReadError> {
    // Without an order, SQLite would read all of the consumer's rows, by the primary key.
    let statement = Statement::new(
        "SELECT aggregate_version AS number FROM deliveries WHERE consumer = $1 AND aggregate_id = $2 AND ended_at IS NULL
         ORDER BY aggregate_version",
    );
    let statement = statement.bind(consumer).bind(RowId(aggregate_id));
    let versions = connection.numbers(statement).await?;
    versions.into_iter().map(to_version).collect()
}
