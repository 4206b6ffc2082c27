//! What is done to the rows of deliveries that did not succeed at once, and to their attempts.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, QueryDsl, QueryResult, RunQueryDsl, SqliteConnection,
    insert_into, update,
};
use event_delivery::{Attempt, AttemptEnd, DeliveryState};
use message_bus::Delivery;
use shared_kernel::Timestamp;

use crate::{
    columns::{RowId, RowTime},
    delivering::pending_delivery_row::{PendingDeliveryRow, has_ended, next_attempt_at, row_time},
    operating::sqlite::lived_time,
    schema::{deliveries, delivery_attempts},
};

/// Writes the row of a delivery that has none, and the attempt before it.
pub(crate) fn hold(
    connection: &mut SqliteConnection,
    row: PendingDeliveryRow,
    attempt: Option<Attempt>,
) -> QueryResult<()> {
    let (consumer, event_id) = (row.consumer.clone(), row.event_id);
    let pending = insert_into(deliveries::table)
        .values((
            deliveries::consumer.eq(row.consumer),
            deliveries::event_id.eq(row.event_id),
            deliveries::aggregate_id.eq(row.aggregate_id),
            deliveries::aggregate_version.eq(row.aggregate_version),
            deliveries::previous_version.eq(row.previous_version),
            deliveries::state.eq(row.state),
            deliveries::attempts.eq(row.attempts),
            deliveries::attempts_before_replay.eq(row.attempts_before_replay),
            deliveries::interruptions.eq(row.interruptions),
            deliveries::held_at.eq(row.held_at),
            deliveries::next_attempt_at.eq(row.next_attempt_at),
            deliveries::ended_at.eq(row.ended_at),
            deliveries::last_error.eq(row.last_error),
            deliveries::envelope.eq(row.envelope),
        ))
        .on_conflict_do_nothing()
        .execute(connection)?;
    if pending == 1
        && let Some(attempt) = attempt
    {
        insert_into(delivery_attempts::table)
            .values((
                delivery_attempts::consumer.eq(consumer),
                delivery_attempts::event_id.eq(event_id),
                delivery_attempts::number.eq(i64::from(attempt.number)),
                delivery_attempts::began_at.eq(row_time(attempt.began_at)),
                delivery_attempts::ended_at.eq(attempt.ended_at.map(row_time)),
                delivery_attempts::error.eq(attempt.error),
            ))
            .execute(connection)?;
    }
    Ok(())
}

/// Counts an attempt that begins, if the row is as it was read.
pub(crate) fn begin_attempt(
    connection: &mut SqliteConnection,
    delivery: &Delivery,
    attempts: u32,
    began_at: Timestamp,
    again_at: Timestamp,
) -> QueryResult<bool> {
    let event_id = RowId(delivery.event_id.uuid());
    let begun = update(deliveries::table.find((delivery.consumer, event_id)))
        .filter(deliveries::attempts.eq(i64::from(attempts)))
        .filter(
            deliveries::state
                .eq("waiting")
                .or(deliveries::state.eq("retrying")),
        )
        .set((
            deliveries::state.eq("retrying"),
            deliveries::attempts.eq(deliveries::attempts + 1),
            deliveries::interruptions.eq(deliveries::interruptions + 1),
            deliveries::next_attempt_at.eq(row_time(again_at)),
        ))
        .execute(connection)?;
    if begun == 1 {
        insert_into(delivery_attempts::table)
            .values((
                delivery_attempts::consumer.eq(delivery.consumer),
                delivery_attempts::event_id.eq(event_id),
                delivery_attempts::number.eq(i64::from(attempts) + 1),
                delivery_attempts::began_at.eq(row_time(began_at)),
            ))
            .execute(connection)?;
    }
    Ok(begun == 1)
}

/// Records how an attempt ended, and the delivery's new state, unless it has changed meanwhile.
pub(crate) fn end_attempt(
    connection: &mut SqliteConnection,
    delivery: &Delivery,
    number: u32,
    end: &AttemptEnd,
) -> QueryResult<()> {
    let key = (delivery.consumer, RowId(delivery.event_id.uuid()));
    update(delivery_attempts::table.find((key.0, key.1, i64::from(number))))
        .set((
            delivery_attempts::ended_at.eq(row_time(end.at)),
            delivery_attempts::error.eq(end.error.as_deref()),
        ))
        .execute(connection)?;
    let ended_at = ended_at(connection, end.state, end.at)?;
    let row = deliveries::table
        .find(key)
        .filter(deliveries::attempts.eq(i64::from(number)))
        .filter(deliveries::state.eq("retrying"));
    let becomes = (
        deliveries::state.eq(end.state.name()),
        deliveries::interruptions.eq(0),
        deliveries::next_attempt_at.eq(next_attempt_at(end.state)),
        deliveries::ended_at.eq(ended_at),
    );
    match &end.error {
        Some(error) => update(row)
            .set((becomes, deliveries::last_error.eq(error)))
            .execute(connection)?,
        None => update(row).set(becomes).execute(connection)?,
    };
    Ok(())
}

/// The stamp of a delivery that gets into this state, if it ends with that.
fn ended_at(
    connection: &mut SqliteConnection,
    state: DeliveryState,
    at: Timestamp,
) -> QueryResult<Option<RowTime>> {
    has_ended(state)
        .then(|| lived_time::stamp(connection, row_time(at)))
        .transpose()
}

/// Changes the state of a delivery that is as it was read, for another reason than an attempt's.
pub(crate) fn mark_outcome(
    connection: &mut SqliteConnection,
    delivery: &Delivery,
    attempts: u32,
    at: Timestamp,
    state: DeliveryState,
    error: Option<&str>,
) -> QueryResult<()> {
    let ended_at = ended_at(connection, state, at)?;
    let row = deliveries::table
        .find((delivery.consumer, RowId(delivery.event_id.uuid())))
        .filter(deliveries::attempts.eq(i64::from(attempts)))
        .filter(
            deliveries::state
                .eq("waiting")
                .or(deliveries::state.eq("retrying")),
        );
    let becomes = (
        deliveries::state.eq(state.name()),
        deliveries::interruptions.eq(0),
        deliveries::next_attempt_at.eq(next_attempt_at(state)),
        deliveries::ended_at.eq(ended_at),
    );
    match error {
        Some(error) => update(row)
            .set((becomes, deliveries::last_error.eq(error)))
            .execute(connection)?,
        None => update(row).set(becomes).execute(connection)?,
    };
    Ok(())
}
