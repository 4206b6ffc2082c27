//! Moving consumers' positions.

use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, SqliteConnection, insert_into, update,
};
use message_bus::Delivery;

use crate::{
    columns::RowId, delivering::delivery_refusal::refusal, schema::consumer_positions,
    sqlite::errors::WriteFailure,
};

/// Moves a consumer's position, in the transaction of the effect. Reads it first: the transaction holds the
/// write lock, so no other write comes in between.
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
