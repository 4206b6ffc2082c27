//! Deliveries that did not succeed at once: their rows, their attempts, and which of them may be tried.
//! What belongs together is one statement, since the connection is shared.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, QueryDsl, QueryResult, alias,
    dsl::{exists, not, sql},
    sql_query,
    sql_types::{BigInt, Bool, Jsonb, Nullable, Text, Timestamptz, Uuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use message_bus::{Attempt, AttemptEnd, Delivery, DeliveryState, HeldDelivery};
use shared_kernel::Timestamp;

use super::schema::{consumer_positions, consumers, deliveries};
use crate::{
    ReadError,
    columns::{RowId, RowTime},
    held_row::{HeldRow, RETRYING, WAITING, ended_at, longest_held, next_attempt_at, row_time},
};

/// An offset keeps PostgreSQL from joining what is asked of each row with all rows. Without statistics, as in the minutes after a mail server
/// went away, it took the join for the cheaper way: a third of a second for a thousand held deliveries, four times that for two thousand.
pub(super) const ONE_BY_ONE: i64 = 0;

/// The deliveries of a consumer that nothing held comes before: the earliest unfinished one of each aggregate.
macro_rules! heads {
    ($consumer:expr) => {{
        let earlier = alias!(deliveries as earlier);
        let something_earlier = earlier
            .filter(earlier.field(deliveries::consumer).eq(deliveries::consumer))
            .filter(
                earlier
                    .field(deliveries::aggregate_id)
                    .eq(deliveries::aggregate_id),
            )
            .filter(earlier.field(deliveries::ended_at).is_null())
            .filter(
                earlier
                    .field(deliveries::aggregate_version)
                    .lt(deliveries::aggregate_version),
            )
            .offset(ONE_BY_ONE);
        let paused = consumers::table
            .filter(consumers::consumer.eq($consumer))
            .filter(consumers::paused_at.is_not_null());
        deliveries::table
            .filter(deliveries::consumer.eq($consumer))
            .filter(deliveries::ended_at.is_null())
            .filter(not(exists(something_earlier)))
            .filter(not(exists(paused)))
    }};
}

/// Whether the consumer has applied what comes before a delivery.
macro_rules! predecessor_is_applied {
    () => {
        deliveries::previous_version.eq(0).or(exists(
            consumer_positions::table
                .filter(consumer_positions::consumer.eq(deliveries::consumer))
                .filter(consumer_positions::aggregate_id.eq(deliveries::aggregate_id))
                .filter(consumer_positions::position.ge(deliveries::previous_version)),
        ))
    };
}

/// Writes the row of a delivery that has none, and the attempt before it.
pub(super) async fn hold(
    connection: &AsyncPgConnection,
    row: &HeldRow,
    attempt: Option<&Attempt>,
) -> QueryResult<bool> {
    let held = sql_query(
        "WITH held AS (
             INSERT INTO deliveries (consumer, event_id, aggregate_id, aggregate_version, previous_version, state, attempts,
                 attempts_before_replay, interruptions, held_at, next_attempt_at, ended_at, last_error, envelope)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
             ON CONFLICT DO NOTHING RETURNING consumer, event_id)
         INSERT INTO delivery_attempts (consumer, event_id, number, began_at, ended_at, error)
         SELECT consumer, event_id, $15, $16, $17, $18 FROM held WHERE $15 IS NOT NULL",
    )
    .bind::<Text, _>(&row.consumer)
    .bind::<Uuid, _>(row.event_id)
    .bind::<Uuid, _>(row.aggregate_id)
    .bind::<BigInt, _>(row.aggregate_version)
    .bind::<BigInt, _>(row.previous_version)
    .bind::<Text, _>(&row.state)
    .bind::<BigInt, _>(row.attempts)
    .bind::<BigInt, _>(row.attempts_before_replay)
    .bind::<BigInt, _>(row.interruptions)
    .bind::<Timestamptz, _>(row.held_at)
    .bind::<Nullable<Timestamptz>, _>(row.next_attempt_at)
    .bind::<Nullable<Timestamptz>, _>(row.ended_at)
    .bind::<Nullable<Text>, _>(row.last_error.as_deref())
    .bind::<Jsonb, _>(&row.envelope)
    .bind::<Nullable<BigInt>, _>(attempt.map(|attempt| i64::from(attempt.number)))
    .bind::<Nullable<Timestamptz>, _>(attempt.map(|attempt| row_time(attempt.began_at)))
    .bind::<Nullable<Timestamptz>, _>(attempt.and_then(|attempt| attempt.ended_at.map(row_time)))
    .bind::<Nullable<Text>, _>(attempt.and_then(|attempt| attempt.error.clone()))
    .execute(&mut &*connection)
    .await?;
    Ok(held > 0)
}

/// Counts an attempt that begins, if the row is as it was read.
pub(super) async fn begin_attempt(
    connection: &AsyncPgConnection,
    delivery: &Delivery,
    attempts: u32,
    began_at: Timestamp,
    again_at: Timestamp,
) -> QueryResult<bool> {
    let begun = sql_query(
        "WITH begun AS (
             UPDATE deliveries SET state = 'retrying', attempts = attempts + 1, interruptions = interruptions + 1, next_attempt_at = $4
             WHERE consumer = $1 AND event_id = $2 AND attempts = $3 AND state IN ('waiting', 'retrying')
             RETURNING consumer, event_id, attempts)
         INSERT INTO delivery_attempts (consumer, event_id, number, began_at)
         SELECT consumer, event_id, attempts, $5 FROM begun",
    )
    .bind::<Text, _>(delivery.consumer)
    .bind::<Uuid, _>(RowId(delivery.event_id.uuid()))
    .bind::<BigInt, _>(i64::from(attempts))
    .bind::<Timestamptz, _>(row_time(again_at))
    .bind::<Timestamptz, _>(row_time(began_at))
    .execute(&mut &*connection)
    .await?;
    Ok(begun == 1)
}

/// Writes down how an attempt ended, and what becomes of the delivery unless something happened to it meanwhile.
pub(super) async fn end_attempt(
    connection: &AsyncPgConnection,
    delivery: &Delivery,
    number: u32,
    end: &AttemptEnd,
) -> QueryResult<bool> {
    let changed = sql_query(
        "WITH ended AS (
             UPDATE delivery_attempts SET ended_at = $4, error = $5 WHERE consumer = $1 AND event_id = $2 AND number = $3)
         UPDATE deliveries SET state = $6, interruptions = 0, next_attempt_at = $7, ended_at = $8, last_error = coalesce($5, last_error)
         WHERE consumer = $1 AND event_id = $2 AND attempts = $3 AND state = 'retrying'",
    )
    .bind::<Text, _>(delivery.consumer)
    .bind::<Uuid, _>(RowId(delivery.event_id.uuid()))
    .bind::<BigInt, _>(i64::from(number))
    .bind::<Timestamptz, _>(row_time(end.at))
    .bind::<Nullable<Text>, _>(end.error.as_deref())
    .bind::<Text, _>(end.state.name())
    .bind::<Nullable<Timestamptz>, _>(next_attempt_at(end.state))
    .bind::<Nullable<Timestamptz>, _>(ended_at(end.state, end.at))
    .execute(&mut &*connection)
    .await?;
    Ok(changed > 0)
}

/// Settles a delivery that is as it was read, for another reason than an attempt's.
pub(super) async fn settle(
    connection: &AsyncPgConnection,
    delivery: &Delivery,
    attempts: u32,
    at: Timestamp,
    state: DeliveryState,
    error: Option<&str>,
) -> QueryResult<bool> {
    let changed = sql_query(
        "UPDATE deliveries SET state = $4, interruptions = 0, next_attempt_at = $5, ended_at = $6, last_error = coalesce($7, last_error)
         WHERE consumer = $1 AND event_id = $2 AND attempts = $3 AND state IN ('waiting', 'retrying')",
    )
    .bind::<Text, _>(delivery.consumer)
    .bind::<Uuid, _>(RowId(delivery.event_id.uuid()))
    .bind::<BigInt, _>(i64::from(attempts))
    .bind::<Text, _>(state.name())
    .bind::<Nullable<Timestamptz>, _>(next_attempt_at(state))
    .bind::<Nullable<Timestamptz>, _>(ended_at(state, at))
    .bind::<Nullable<Text>, _>(error)
    .execute(&mut &*connection)
    .await?;
    Ok(changed > 0)
}

/// The deliveries of a consumer that may be attempted now. Two questions, since each has its own index: what is to be tried again later
/// is not read, however much of it there is.
pub(super) async fn due(
    connection: &AsyncPgConnection,
    consumer: &'static str,
    now: RowTime,
    limit: u32,
) -> Result<Vec<HeldDelivery>, ReadError> {
    let retrying: Vec<HeldRow> = heads!(consumer)
        .filter(sql::<Bool>(RETRYING))
        .filter(deliveries::next_attempt_at.le(now))
        .order(deliveries::next_attempt_at)
        .limit(i64::from(limit))
        .load(&mut &*connection)
        .await?;
    let waiting: Vec<HeldRow> = heads!(consumer)
        .filter(sql::<Bool>(WAITING))
        .filter(predecessor_is_applied!())
        .order(deliveries::held_at)
        .limit(i64::from(limit))
        .load(&mut &*connection)
        .await?;
    longest_held(retrying, waiting, limit)
        .map(|row| row.into_held(consumer))
        .collect()
}

/// The deliveries of a consumer, held since before a time, whose predecessor has never arrived.
pub(super) async fn gaps(
    connection: &AsyncPgConnection,
    consumer: &'static str,
    held_before: RowTime,
    limit: u32,
) -> Result<Vec<HeldDelivery>, ReadError> {
    heads!(consumer)
        .filter(sql::<Bool>(WAITING))
        .filter(not(predecessor_is_applied!()))
        .filter(deliveries::held_at.le(held_before))
        .order(deliveries::held_at)
        .limit(i64::from(limit))
        .load::<HeldRow>(&mut &*connection)
        .await?
        .into_iter()
        .map(|row| row.into_held(consumer))
        .collect()
}
