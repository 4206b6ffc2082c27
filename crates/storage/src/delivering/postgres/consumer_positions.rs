//! Moving consumers' positions.

use std::collections::HashMap;

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use message_bus::{CommitError, Delivery};
use uuid::Uuid;

use crate::{
    columns::RowId,
    delivering::{consumer_row::PositionRow, delivery_refusal::refusal},
    postgres::BatchStatement,
};

/// The constraint that decides between two transactions that insert one position at the same time.
pub(crate) const KEY: &str = "consumer_positions.consumer_aggregate";

/// Moves consumers' positions, in the transaction of the effects. Reads and locks them first. Returns why some deliveries are refused, by their
/// places; no two of `moves` may be of one consumer and aggregate. A position that is inserted after the read breaks its key.
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
