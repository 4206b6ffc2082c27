//! Positions, beginnings and held deliveries of a context's consumers.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, NullableExpressionMethods, OptionalExtension, QueryDsl,
    RunQueryDsl, SqliteConnection, alias,
    dsl::{exists, min, not, sql},
    expression::SqlLiteral,
    insert_into, replace_into,
    sql_types::Bool,
    update,
};
use message_bus::{Delivery, HeldDelivery, Standing};

use super::{
    errors::WriteFailure,
    schema::{consumer_positions, consumers, deliveries},
};
use crate::{
    ReadError,
    columns::{RowId, RowTime},
    event_row::to_version,
    held_row::HeldRow,
    write_set::refusal,
};

/// Spelt as the index `deliveries_unfinished` has it: SQLite takes a partial index only when the text alone says that it may.
fn unfinished() -> SqlLiteral<Bool> {
    sql("state <> 'done'")
}

/// Moves a consumer's position, in the transaction of the effect. Looks first: the transaction holds the
/// write lock, so nothing can come in between.
pub(super) fn move_position(
    connection: &mut SqliteConnection,
    delivery: &Delivery,
) -> Result<(), WriteFailure> {
    let aggregate = RowId(delivery.aggregate_id);
    let key = consumer_positions::table.find((delivery.consumer, aggregate));
    let found: Option<i64> = key
        .select(consumer_positions::position)
        .first(connection)
        .optional()?;
    if let Some(refusal) = refusal(delivery, found.unwrap_or(0)) {
        return Err(WriteFailure::Alone(refusal));
    }
    let version = i64::from(delivery.version.number());
    if found.is_some() {
        update(key)
            .set(consumer_positions::position.eq(version))
            .execute(connection)?;
    } else {
        insert_into(consumer_positions::table)
            .values((
                consumer_positions::consumer.eq(delivery.consumer),
                consumer_positions::aggregate_id.eq(aggregate),
                consumer_positions::position.eq(version),
            ))
            .execute(connection)?;
    }
    Ok(())
}

/// What a consumer knows about the delivery's aggregate.
pub(super) fn standing(
    connection: &mut SqliteConnection,
    delivery: &Delivery,
) -> Result<Standing, ReadError> {
    let aggregate = RowId(delivery.aggregate_id);
    let position: Option<i64> = consumer_positions::table
        .find((delivery.consumer, aggregate))
        .select(consumer_positions::position)
        .first(connection)
        .optional()?;
    let held_from: Option<i64> = deliveries::table
        .filter(deliveries::consumer.eq(delivery.consumer))
        .filter(deliveries::aggregate_id.eq(aggregate))
        .filter(unfinished())
        .select(min(deliveries::aggregate_version))
        .first(connection)?;
    Ok(Standing {
        position: to_version(position.unwrap_or(0))?,
        held_from: held_from.map(to_version).transpose()?,
    })
}

/// The sequence after which a consumer takes events; `None` when it never started.
pub(super) fn begins_after(
    connection: &mut SqliteConnection,
    consumer: &str,
) -> Result<Option<i64>, ReadError> {
    Ok(consumers::table
        .find(consumer)
        .select(consumers::begins_after)
        .first(connection)
        .optional()?)
}

/// Records where a consumer begins. The first record stands.
pub(super) fn begin(
    connection: &mut SqliteConnection,
    consumer: &str,
    source: &str,
    begins_after: i64,
    now: i64,
) -> diesel::QueryResult<()> {
    insert_into(consumers::table)
        .values((
            consumers::consumer.eq(consumer),
            consumers::source.eq(source),
            consumers::begins_after.eq(begins_after),
            consumers::first_started_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(connection)?;
    Ok(())
}

/// Writes the row of a held delivery, or replaces it.
pub(super) fn hold(connection: &mut SqliteConnection, row: HeldRow) -> diesel::QueryResult<()> {
    replace_into(deliveries::table)
        .values((
            deliveries::consumer.eq(row.consumer),
            deliveries::event_id.eq(row.event_id),
            deliveries::aggregate_id.eq(row.aggregate_id),
            deliveries::aggregate_version.eq(row.aggregate_version),
            deliveries::previous_version.eq(row.previous_version),
            deliveries::state.eq(row.state),
            deliveries::attempts.eq(row.attempts),
            deliveries::next_attempt_at.eq(row.next_attempt_at),
            deliveries::last_error.eq(row.last_error),
            deliveries::envelope.eq(row.envelope),
        ))
        .execute(connection)?;
    Ok(())
}

/// The deliveries of a consumer that may be attempted now: the earliest held one of each aggregate, if it is
/// waiting (then what it waited for is done) or its time has come.
pub(super) fn due(
    connection: &mut SqliteConnection,
    consumer: &'static str,
    now: i64,
    limit: u32,
) -> Result<Vec<HeldDelivery>, ReadError> {
    let earlier = alias!(deliveries as earlier);
    let something_earlier = earlier
        .filter(earlier.field(deliveries::consumer).eq(deliveries::consumer))
        .filter(
            earlier
                .field(deliveries::aggregate_id)
                .eq(deliveries::aggregate_id),
        )
        .filter(sql::<Bool>("earlier.state <> 'done'"))
        .filter(
            earlier
                .field(deliveries::aggregate_version)
                .lt(deliveries::aggregate_version),
        );
    deliveries::table
        .filter(deliveries::consumer.eq(consumer))
        .filter(
            deliveries::state.eq("waiting").nullable().or(deliveries::state
                .eq("retrying")
                .nullable()
                .and(deliveries::next_attempt_at.le(RowTime(now)))),
        )
        .filter(unfinished())
        .filter(not(exists(something_earlier)))
        .order(deliveries::next_attempt_at)
        .limit(i64::from(limit))
        .load::<HeldRow>(connection)?
        .into_iter()
        .map(|row| row.into_held(consumer))
        .collect()
}

/// How many deliveries are retrying or waiting.
pub(super) fn count_unfinished(connection: &mut SqliteConnection) -> Result<u64, ReadError> {
    let count: i64 = deliveries::table
        .filter(unfinished())
        .filter(deliveries::state.ne("dead"))
        .count()
        .get_result(connection)?;
    u64::try_from(count).map_err(ReadError::corrupt)
}
