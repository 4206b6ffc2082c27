//! Which of the deliveries that did not succeed at once may be tried.

use diesel::{
    BoolExpressionMethods, ExpressionMethods, QueryDsl, alias,
    dsl::{exists, not, sql},
    sql_types::Bool,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use event_delivery::PendingDelivery;

use crate::{
    ReadError,
    columns::RowTime,
    delivering::pending_delivery_row::{PendingDeliveryRow, RETRYING, WAITING, longest_pending},
    schema::{consumer_positions, consumers, deliveries},
};

/// An offset keeps PostgreSQL from joining what is asked of each row with all rows. Without statistics, as in the minutes after a mail server
/// went away, it took the join for the cheaper way: a third of a second for a thousand pending deliveries, four times that for two thousand.
const ONE_BY_ONE: i64 = 0;

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

/// The deliveries of a consumer that may be attempted now. Two questions, since each has its own index: what is to be tried again later
/// is not read, however much of it there is.
pub(crate) async fn due(
    connection: &AsyncPgConnection,
    consumer: &'static str,
    now: RowTime,
    limit: u32,
) -> Result<Vec<PendingDelivery>, ReadError> {
    let retrying: Vec<PendingDeliveryRow> = heads!(consumer)
        .filter(sql::<Bool>(RETRYING))
        .filter(deliveries::next_attempt_at.le(now))
        .order(deliveries::next_attempt_at)
        .limit(i64::from(limit))
        .load(&mut &*connection)
        .await?;
    let waiting: Vec<PendingDeliveryRow> = heads!(consumer)
        .filter(sql::<Bool>(WAITING))
        .filter(predecessor_is_applied!())
        .order(deliveries::held_at)
        .limit(i64::from(limit))
        .load(&mut &*connection)
        .await?;
    longest_pending(retrying, waiting, limit)
        .map(|row| row.into_pending(consumer))
        .collect()
}

/// The deliveries of a consumer, held since before a time, whose predecessor has never arrived.
pub(crate) async fn gaps(
    connection: &AsyncPgConnection,
    consumer: &'static str,
    held_before: RowTime,
    limit: u32,
) -> Result<Vec<PendingDelivery>, ReadError> {
    heads!(consumer)
        .filter(sql::<Bool>(WAITING))
        .filter(not(predecessor_is_applied!()))
        .filter(deliveries::held_at.le(held_before))
        .order(deliveries::held_at)
        .limit(i64::from(limit))
        .load::<PendingDeliveryRow>(&mut &*connection)
        .await?
        .into_iter()
        .map(|row| row.into_pending(consumer))
        .collect()
}
