//! Positions and beginnings of a context's consumers.

use diesel::{
    QueryableByName,
    sql_types::{BigInt, Bool, Nullable},
};
use event_delivery::ConsumerProgress;
use message_bus::Delivery;
use operations::invariants::RecordedBeginning;

use crate::{
    ReadError,
    any_connection::AnyConnection,
    columns::{RowId, RowTime, to_time},
    event_log::event_row::to_version,
    statement::Statement,
};

#[derive(QueryableByName)]
struct ProgressRow {
    #[diesel(sql_type = Nullable<BigInt>)]
    position: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    held_from: Option<i64>,
    #[diesel(sql_type = Bool)]
    paused: bool,
}

/// The consumer's progress with the delivery's aggregate. One statement, so that all is of one moment.
pub(crate) async fn progress(
    connection: &mut AnyConnection<'_>,
    delivery: Delivery,
) -> Result<ConsumerProgress, ReadError> {
    let statement = Statement::new(
        "SELECT (SELECT position FROM consumer_positions WHERE consumer = $1 AND aggregate_id = $2) AS position,
             (SELECT min(aggregate_version) FROM deliveries
              WHERE consumer = $1 AND aggregate_id = $2 AND ended_at IS NULL) AS held_from,
             EXISTS (SELECT 1 FROM consumers WHERE consumer = $1 AND paused_at IS NOT NULL) AS paused",
    );
    let statement = statement
        .bind(delivery.consumer)
        .bind(RowId(delivery.aggregate_id));
    let row: Option<ProgressRow> = connection.first(statement).await?;
    let row = row.ok_or(diesel::result::Error::NotFound)?;
    Ok(ConsumerProgress {
        position: to_version(row.position.unwrap_or(0))?,
        held_from: row.held_from.map(to_version).transpose()?,
        paused: row.paused,
    })
}

#[derive(QueryableByName)]
#[diesel(table_name = crate::schema::consumers)]
struct BeginningRow {
    begins_after: i64,
    first_started_at: RowTime,
}

/// Where a consumer began; `None` when it never did.
pub(crate) async fn beginning(
    connection: &mut AnyConnection<'_>,
    consumer: &str,
) -> Result<Option<RecordedBeginning>, ReadError> {
    let statement =
        Statement::new("SELECT begins_after, first_started_at FROM consumers WHERE consumer = $1");
    let row: Option<BeginningRow> = connection.first(statement.bind(consumer)).await?;
    row.map(|row| {
        Ok(RecordedBeginning {
            begins_after: row.begins_after,
            recorded_at: to_time(row.first_started_at)?,
        })
    })
    .transpose()
}

/// Makes a consumer take its source's log from the first event on.
pub(crate) async fn begin_with_the_first(
    connection: &mut AnyConnection<'_>,
    consumer: &str,
) -> Result<(), ReadError> {
    let statement = Statement::new("UPDATE consumers SET begins_after = 0 WHERE consumer = $1");
    connection.execute(statement.bind(consumer)).await?;
    Ok(())
}

/// Records where a consumer begins. The first record is kept.
pub(crate) async fn begin(
    connection: &mut AnyConnection<'_>,
    consumer: &str,
    source: &str,
    begins_after: i64,
    now: RowTime,
) -> Result<(), ReadError> {
    let statement = Statement::new(
        "INSERT INTO consumers (consumer, source, begins_after, first_started_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
    );
    let statement = statement.bind(consumer).bind(source).bind(begins_after).bind(now);
    connection.execute(statement).await?;
    Ok(())
}
