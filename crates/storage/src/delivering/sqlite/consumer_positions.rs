//! Positions and beginnings of a context's consumers.

use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, SqliteConnection,
    dsl::{exists, min},
    insert_into, select, update,
};
use event_delivery::ConsumerProgress;
use message_bus::Delivery;
use operations::invariants::RecordedBeginning;

use crate::{
    ReadError,
    columns::{RowId, RowTime},
    delivering::{consumer_row::recorded_beginning, delivery_refusal::refusal},
    event_log::event_row::to_version,
    schema::{consumer_positions, consumers, deliveries},
    sqlite::errors::WriteFailure,
};

/// Moves a consumer's position, in the transaction of the effect. Looks first: the transaction holds the
/// write lock, so nothing can come in between.
pub(crate) fn move_position(
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

/// What a consumer knows about the delivery's aggregate. One statement, so that all is of one moment.
pub(crate) fn progress(
    connection: &mut SqliteConnection,
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
        select((position, held_from, paused)).get_result(connection)?;
    Ok(ConsumerProgress {
        position: to_version(position.unwrap_or(0))?,
        held_from: held_from.map(to_version).transpose()?,
        paused,
    })
}

/// Where a consumer began; `None` when it never did.
pub(crate) fn beginning(
    connection: &mut SqliteConnection,
    consumer: &str,
) -> Result<Option<RecordedBeginning>, ReadError> {
    let found: Option<(i64, RowTime)> = consumers::table
        .find(consumer)
        .select((consumers::begins_after, consumers::first_started_at))
        .first(connection)
        .optional()?;
    found.map(recorded_beginning).transpose()
}

/// Has a consumer take its source's log from the first event on.
pub(crate) fn begin_with_the_first(
    connection: &mut SqliteConnection,
    consumer: &str,
) -> diesel::QueryResult<()> {
    update(consumers::table.find(consumer))
        .set(consumers::begins_after.eq(0))
        .execute(connection)?;
    Ok(())
}

/// Records where a consumer begins. The first record stands.
pub(crate) fn begin(
    connection: &mut SqliteConnection,
    consumer: &str,
    source: &str,
    begins_after: i64,
    now: RowTime,
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
