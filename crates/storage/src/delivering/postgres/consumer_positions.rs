//! Positions and beginnings of a context's consumers.

use std::collections::HashMap;

use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, QueryResult,
    dsl::{exists, min},
    sql_types::{BigInt, Text},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use event_delivery::ConsumerProgress;
use message_bus::{CommitError, Delivery};
use operations::invariants::RecordedBeginning;
use uuid::Uuid;

use crate::{
    ReadError,
    columns::{Id, RowId, RowTime},
    delivering::{consumer_row::recorded_beginning, delivery_refusal::refusal},
    event_log::event_row::to_version,
    postgres::BatchStatement,
    schema::{consumer_positions, consumers, deliveries},
};

/// The constraint that decides between two that move a new position at the same time.
pub(crate) const KEY: &str = "consumer_positions.consumer_aggregate";

/// Moves consumers' positions, in the transaction of the effects. Looks first, and locks what it sees. Answers why some deliveries
/// are refused, by their places; no two of `moves` may be of one consumer and aggregate. A position that appeared after the look breaks its key.
pub(crate) async fn move_positions(
    connection: &AsyncPgConnection,
    moves: &[(usize, Delivery)],
) -> QueryResult<Vec<(usize, CommitError)>> {
    if moves.is_empty() {
        return Ok(Vec::new());
    }
    let found = positions_of(connection, moves).await?;
    let mut refused = Vec::new();
    let (mut known, mut new) = (Vec::new(), Vec::new());
    for (place, delivery) in moves {
        let position = found
            .get(&(delivery.consumer.to_owned(), delivery.aggregate_id))
            .copied();
        match refusal(delivery, position.unwrap_or(0)) {
            Some(error) => refused.push((*place, error)),
            None if position.is_some() => known.push(delivery),
            None => new.push(delivery),
        }
    }
    if refused.is_empty() {
        write_positions(
            connection,
            &known,
            "UPDATE consumer_positions SET position = new.position FROM unnest(",
            ") AS new (consumer, aggregate_id, position) WHERE consumer_positions.consumer = new.consumer
               AND consumer_positions.aggregate_id = new.aggregate_id",
        )
        .await?;
        write_positions(
            connection,
            &new,
            "INSERT INTO consumer_positions (consumer, aggregate_id, position) SELECT * FROM unnest(",
            ") ORDER BY 1, 2",
        )
        .await?;
    }
    Ok(refused)
}

async fn positions_of(
    connection: &AsyncPgConnection,
    moves: &[(usize, Delivery)],
) -> QueryResult<HashMap<(String, Uuid), i64>> {
    let rows: Vec<PositionRow> = BatchStatement::new(
        "SELECT consumer, aggregate_id, position FROM consumer_positions
         WHERE (consumer, aggregate_id) IN (SELECT * FROM unnest(",
    )
    .texts(moves.iter().map(|(_, delivery)| delivery.consumer.to_owned()))
    .ids(moves.iter().map(|(_, delivery)| RowId(delivery.aggregate_id)))
    // In one order, so that two committers never wait for each other.
    .then(")) ORDER BY consumer, aggregate_id FOR NO KEY UPDATE")
    .load(connection)
    .await?;
    let found = rows
        .into_iter()
        .map(|row| ((row.consumer, row.aggregate_id.0), row.position));
    Ok(found.collect())
}

#[derive(diesel::QueryableByName)]
struct PositionRow {
    #[diesel(sql_type = Text)]
    consumer: String,
    #[diesel(sql_type = Id)]
    aggregate_id: RowId,
    #[diesel(sql_type = BigInt)]
    position: i64,
}

async fn write_positions(
    connection: &AsyncPgConnection,
    moves: &[&Delivery],
    before: &'static str,
    after: &'static str,
) -> QueryResult<()> {
    if moves.is_empty() {
        return Ok(());
    }
    BatchStatement::new(before)
        .texts(moves.iter().map(|delivery| delivery.consumer.to_owned()))
        .ids(moves.iter().map(|delivery| RowId(delivery.aggregate_id)))
        .numbers(moves.iter().map(|delivery| i64::from(delivery.version.number())))
        .then(after)
        .execute(connection)
        .await?;
    Ok(())
}

/// What a consumer knows about the delivery's aggregate. One statement, so that all is of one moment.
pub(crate) async fn progress(
    connection: &AsyncPgConnection,
    delivery: &Delivery,
) -> Result<ConsumerProgress, ReadError> {
    let aggregate = RowId(delivery.aggregate_id);
    let position = consumer_positions::table
        .find((delivery.consumer, aggregate))
        .select(consumer_positions::position)
        .single_value();
    let held_from = deliveries::table
        .filter(deliveries::consumer.eq(delivery.consumer))
        .filter(deliveries::aggregate_id.eq(aggregate))
        .filter(deliveries::ended_at.is_null())
        .select(min(deliveries::aggregate_version))
        .single_value();
    let paused = exists(
        consumers::table
            .find(delivery.consumer)
            .filter(consumers::paused_at.is_not_null()),
    );
    let (position, held_from, paused): (Option<i64>, Option<i64>, bool) =
        diesel::select((position, held_from, paused))
            .get_result(&mut &*connection)
            .await?;
    Ok(ConsumerProgress {
        position: to_version(position.unwrap_or(0))?,
        held_from: held_from.map(to_version).transpose()?,
        paused,
    })
}

/// Where a consumer began; `None` when it never did.
pub(crate) async fn beginning(
    connection: &AsyncPgConnection,
    consumer: &str,
) -> Result<Option<RecordedBeginning>, ReadError> {
    let found: Option<(i64, RowTime)> = consumers::table
        .find(consumer)
        .select((consumers::begins_after, consumers::first_started_at))
        .first(&mut &*connection)
        .await
        .optional()?;
    found.map(recorded_beginning).transpose()
}

/// Has a consumer take its source's log from the first event on.
pub(crate) async fn begin_with_the_first(connection: &AsyncPgConnection, consumer: &str) -> QueryResult<()> {
    diesel::sql_query("UPDATE consumers SET begins_after = 0 WHERE consumer = $1")
        .bind::<Text, _>(consumer)
        .execute(&mut &*connection)
        .await?;
    Ok(())
}

/// Records where a consumer begins. The first record stands.
pub(crate) async fn begin(
    connection: &AsyncPgConnection,
    consumer: &str,
    source: &str,
    begins_after: i64,
    now: RowTime,
) -> QueryResult<()> {
    diesel::insert_into(consumers::table)
        .values((
            consumers::consumer.eq(consumer),
            consumers::source.eq(source),
            consumers::begins_after.eq(begins_after),
            consumers::first_started_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(&mut &*connection)
        .await?;
    Ok(())
}
