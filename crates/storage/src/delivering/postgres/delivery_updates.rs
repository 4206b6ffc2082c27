//! Changes of the rows of pending deliveries, many at a time: an array for each column, so that each statement is prepared once.

use std::collections::HashSet;

use diesel::{QueryResult, QueryableByName, sql_types::Text};
use diesel_async::AsyncPgConnection;
use event_delivery::{Attempt, AttemptEnd, DeliveryState};
use message_bus::Delivery;
use shared_kernel::Timestamp;
use uuid::Uuid;

use crate::{
    columns::{Id, RowId},
    delivering::pending_delivery_row::{PendingDeliveryRow, has_ended, next_attempt_at, row_time},
    operating::postgres::lived_time::stamp,
    postgres::BatchStatement,
};

/// The row of a delivery that has none, and the attempt before it.
pub(crate) struct Hold {
    pub(crate) row: PendingDeliveryRow,
    pub(crate) attempt: Option<Attempt>,
}

/// An attempt that begins, and is counted if the row is as it was read.
pub(crate) struct BeginAttempt {
    pub(crate) delivery: Delivery,
    pub(crate) attempts: u32,
    pub(crate) began_at: Timestamp,
    pub(crate) again_at: Timestamp,
}

/// How an attempt ended, and the delivery's new state, unless it has changed meanwhile.
pub(crate) struct EndAttempt {
    pub(crate) delivery: Delivery,
    pub(crate) number: u32,
    pub(crate) end: AttemptEnd,
}

/// A delivery's new state, if the row is as it was read, for another reason than an attempt's.
pub(crate) struct MarkOutcome {
    pub(crate) delivery: Delivery,
    pub(crate) attempts: u32,
    pub(crate) state: DeliveryState,
    pub(crate) error: Option<String>,
}

/// The columns that name the delivery of each change.
fn keys<'a>(
    statement: &'static str,
    deliveries: impl Iterator<Item = &'a Delivery> + Clone,
) -> BatchStatement {
    BatchStatement::new(statement)
        .texts(deliveries.clone().map(|delivery| delivery.consumer.to_owned()))
        .ids(deliveries.map(|delivery| RowId(delivery.event_id.uuid())))
}

/// Locks the rows of these deliveries, as far as they exist, in the order of their keys. The later statements of the transaction change these rows,
/// and their attempts, without waiting, in whichever order.
pub(super) async fn lock(connection: &AsyncPgConnection, deliveries: &[&Delivery]) -> QueryResult<()> {
    keys(
        "SELECT 1 FROM deliveries WHERE (consumer, event_id) IN (SELECT * FROM unnest(",
        deliveries.iter().copied(),
    )
    .then(")) ORDER BY consumer, event_id FOR NO KEY UPDATE")
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn hold(connection: &AsyncPgConnection, changes: &[&Hold]) -> QueryResult<()> {
    if changes.is_empty() {
        return Ok(());
    }
    let rows = || changes.iter().map(|change| &change.row);
    let attempts = || changes.iter().map(|change| change.attempt.as_ref());
    BatchStatement::new("WITH given AS (SELECT * FROM unnest(")
        .texts(rows().map(|row| row.consumer.clone()))
        .ids(rows().map(|row| row.event_id))
        .ids(rows().map(|row| row.aggregate_id))
        .numbers(rows().map(|row| row.aggregate_version))
        .numbers(rows().map(|row| row.previous_version))
        .texts(rows().map(|row| row.state.clone()))
        .numbers(rows().map(|row| row.attempts))
        .numbers(rows().map(|row| row.attempts_before_replay))
        .numbers(rows().map(|row| row.interruptions))
        .times(rows().map(|row| row.held_at))
        .optional_times(rows().map(|row| row.next_attempt_at))
        .optional_times(rows().map(|row| row.ended_at))
        .optional_texts(rows().map(|row| row.last_error.clone()))
        .json(rows().map(|row| row.envelope.clone()))
        .optional_numbers(attempts().map(|attempt| attempt.map(|attempt| i64::from(attempt.number))))
        .optional_times(attempts().map(|attempt| attempt.map(|attempt| row_time(attempt.began_at))))
        .optional_times(attempts().map(|attempt| attempt.and_then(|attempt| attempt.ended_at.map(row_time))))
        .optional_texts(attempts().map(|attempt| attempt.and_then(|attempt| attempt.error.clone())))
        .then(
            ") AS given (consumer, event_id, aggregate_id, aggregate_version, previous_version, state, attempts, attempts_before_replay,
                 interruptions, held_at, next_attempt_at, ended_at, last_error, envelope, number, attempt_began_at, attempt_ended_at, error)),
             held AS (
                 INSERT INTO deliveries (consumer, event_id, aggregate_id, aggregate_version, previous_version, state, attempts,
                     attempts_before_replay, interruptions, held_at, next_attempt_at, ended_at, last_error, envelope)
                 SELECT consumer, event_id, aggregate_id, aggregate_version, previous_version, state, attempts, attempts_before_replay,
                     interruptions, held_at, next_attempt_at, ended_at, last_error, envelope
                 FROM given ORDER BY consumer, event_id ON CONFLICT DO NOTHING RETURNING consumer, event_id)
             INSERT INTO delivery_attempts (consumer, event_id, number, began_at, ended_at, error)
             SELECT consumer, event_id, given.number, given.attempt_began_at, given.attempt_ended_at, given.error
             FROM held JOIN given USING (consumer, event_id) WHERE given.number IS NOT NULL",
        )
        .execute(connection)
        .await?;
    Ok(())
}

/// Returns which of them could begin.
pub(super) async fn begin(
    connection: &AsyncPgConnection,
    changes: &[&BeginAttempt],
) -> QueryResult<HashSet<(String, Uuid)>> {
    if changes.is_empty() {
        return Ok(HashSet::new());
    }
    let each = || changes.iter();
    let begun: Vec<Begun> = keys(
        "WITH given AS (SELECT * FROM unnest(",
        each().map(|change| &change.delivery),
    )
    .numbers(each().map(|change| i64::from(change.attempts)))
    .times(each().map(|change| row_time(change.began_at)))
    .times(each().map(|change| row_time(change.again_at)))
    .then(
        ") AS given (consumer, event_id, attempts, began_at, again_at)),
         begun AS (
             UPDATE deliveries SET state = 'retrying', attempts = deliveries.attempts + 1,
                 interruptions = deliveries.interruptions + 1, next_attempt_at = given.again_at
             FROM given
             WHERE deliveries.consumer = given.consumer AND deliveries.event_id = given.event_id
               AND deliveries.attempts = given.attempts AND deliveries.state IN ('waiting', 'retrying')
             RETURNING deliveries.consumer, deliveries.event_id, deliveries.attempts, given.began_at)
         INSERT INTO delivery_attempts (consumer, event_id, number, began_at)
         SELECT consumer, event_id, attempts, began_at FROM begun RETURNING consumer, event_id",
    )
    .load(connection)
    .await?;
    Ok(begun
        .into_iter()
        .map(|row| (row.consumer, row.event_id.0))
        .collect())
}

#[derive(QueryableByName)]
struct Begun {
    #[diesel(sql_type = Text)]
    consumer: String,
    #[diesel(sql_type = Id)]
    event_id: RowId,
}

pub(super) async fn end(connection: &AsyncPgConnection, changes: &[&EndAttempt]) -> QueryResult<()> {
    if changes.is_empty() {
        return Ok(());
    }
    let each = || changes.iter();
    keys(
        "WITH given AS (SELECT * FROM unnest(",
        each().map(|change| &change.delivery),
    )
    .numbers(each().map(|change| i64::from(change.number)))
    .times(each().map(|change| row_time(change.end.at)))
    .optional_texts(each().map(|change| change.end.error.clone()))
    .texts(each().map(|change| change.end.state.name().to_owned()))
    .optional_times(each().map(|change| next_attempt_at(change.end.state)))
    .flags(each().map(|change| has_ended(change.end.state)))
    .then(concat!(
        ") AS given (consumer, event_id, number, at, error, state, next_attempt_at, has_ended)),
         ended AS (
             UPDATE delivery_attempts SET ended_at = given.at, error = given.error FROM given
             WHERE delivery_attempts.consumer = given.consumer AND delivery_attempts.event_id = given.event_id
               AND delivery_attempts.number = given.number)
         UPDATE deliveries SET state = given.state, interruptions = 0, next_attempt_at = given.next_attempt_at,
             ended_at = CASE WHEN given.has_ended THEN ",
        stamp!(),
        " END, last_error = coalesce(given.error, deliveries.last_error)
         FROM given
         WHERE deliveries.consumer = given.consumer AND deliveries.event_id = given.event_id
           AND deliveries.attempts = given.number AND deliveries.state = 'retrying'"
    ))
    .execute(connection)
    .await?;
    Ok(())
}

pub(super) async fn mark_outcome(
    connection: &AsyncPgConnection,
    changes: &[&MarkOutcome],
) -> QueryResult<()> {
    if changes.is_empty() {
        return Ok(());
    }
    let each = || changes.iter();
    keys(
        concat!(
            "UPDATE deliveries SET state = given.state, interruptions = 0, next_attempt_at = given.next_attempt_at,
                 ended_at = CASE WHEN given.has_ended THEN ",
            stamp!(),
            " END, last_error = coalesce(given.error, deliveries.last_error)
             FROM unnest("
        ),
        each().map(|change| &change.delivery),
    )
    .numbers(each().map(|change| i64::from(change.attempts)))
    .texts(each().map(|change| change.state.name().to_owned()))
    .optional_times(each().map(|change| next_attempt_at(change.state)))
    .flags(each().map(|change| has_ended(change.state)))
    .optional_texts(each().map(|change| change.error.clone()))
    .then(
        ") AS given (consumer, event_id, attempts, state, next_attempt_at, has_ended, error)
         WHERE deliveries.consumer = given.consumer AND deliveries.event_id = given.event_id
           AND deliveries.attempts = given.attempts AND deliveries.state IN ('waiting', 'retrying')",
    )
    .execute(connection)
    .await?;
    Ok(())
}
