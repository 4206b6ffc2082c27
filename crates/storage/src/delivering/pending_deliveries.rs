//! Which of the deliveries that did not succeed at once may be tried.

use std::time::Duration;

use event_delivery::PendingDelivery;

use crate::{
    ReadError,
    any_connection::AnyConnection,
    columns::RowTime,
    delivering::pending_delivery_row::{PendingDeliveryRow, longest_pending},
    statement::Statement,
};

/// The deliveries of the consumer `$1` that nothing held comes before: the earliest unfinished one of each aggregate. The engine may want a
/// word about how what comes before is looked for. States stand in the text, so that planners see which index serves.
macro_rules! heads {
    ($one_by_one:literal) => {
        concat!(
            "SELECT * FROM deliveries WHERE consumer = $1 AND ended_at IS NULL
               AND NOT EXISTS (SELECT 1 FROM deliveries AS earlier
                   WHERE earlier.consumer = deliveries.consumer AND earlier.aggregate_id = deliveries.aggregate_id
                     AND earlier.ended_at IS NULL AND earlier.aggregate_version < deliveries.aggregate_version",
            $one_by_one,
            ") AND NOT EXISTS (SELECT 1 FROM consumers WHERE consumers.consumer = $1 AND paused_at IS NOT NULL) "
        )
    };
}

/// Whether the consumer has applied what comes before a delivery.
macro_rules! predecessor_is_applied {
    () => {
        "(previous_version = 0 OR EXISTS (SELECT 1 FROM consumer_positions AS reached
             WHERE reached.consumer = deliveries.consumer AND reached.aggregate_id = deliveries.aggregate_id
               AND reached.position >= deliveries.previous_version)) "
    };
}

/// One text for each engine. An offset keeps PostgreSQL from joining what is asked of each row with all rows. Without statistics, as in the
/// minutes after a mail server went away, it took the join for the cheaper way: a third of a second for a thousand pending deliveries, four
/// times that for two thousand.
macro_rules! heads_where {
    ($connection:expr, $($and:expr),+) => {
        Statement::new(match $connection {
            AnyConnection::Sqlite(_) => concat!(heads!(""), $($and),+),
            AnyConnection::Postgres(_) => concat!(heads!(" OFFSET 0"), $($and),+),
        })
    };
}

/// The deliveries of a consumer that may be attempted now. Three queries, since each is a range of an index: deliveries to be tried again
/// later are not read, however many there are.
pub(crate) async fn due(
    connection: &mut AnyConnection<'_>,
    consumer: &'static str,
    now: RowTime,
    longest_wait: Duration,
    limit: u32,
) -> Result<Vec<PendingDelivery>, ReadError> {
    let retrying = heads_where!(
        connection,
        "AND state = 'retrying' AND next_attempt_at <= $2 ORDER BY next_attempt_at LIMIT $3"
    );
    let retrying = retrying.bind(consumer).bind(now).bind(limit);
    let mut retrying: Vec<PendingDeliveryRow> = connection.load(retrying).await?;
    let planned_too_far_ahead = heads_where!(
        connection,
        "AND state = 'retrying' AND next_attempt_at > $2 ORDER BY next_attempt_at LIMIT $3"
    );
    let latest = now.plus(longest_wait);
    let planned_too_far_ahead = planned_too_far_ahead.bind(consumer).bind(latest).bind(limit);
    retrying.extend(
        connection
            .load::<PendingDeliveryRow>(planned_too_far_ahead)
            .await?,
    );
    let waiting = heads_where!(
        connection,
        "AND state = 'waiting' AND ",
        predecessor_is_applied!(),
        "ORDER BY held_at LIMIT $2"
    );
    let waiting: Vec<PendingDeliveryRow> = connection.load(waiting.bind(consumer).bind(limit)).await?;
    longest_pending(retrying, waiting, limit)
        .map(|row| row.into_pending(consumer))
        .collect()
}

/// The deliveries of a consumer, stored before a time, whose predecessor has never arrived.
pub(crate) async fn gaps(
    connection: &mut AnyConnection<'_>,
    consumer: &'static str,
    held_before: RowTime,
    limit: u32,
) -> Result<Vec<PendingDelivery>, ReadError> {
    let statement = heads_where!(
        connection,
        "AND state = 'waiting' AND NOT ",
        predecessor_is_applied!(),
        "AND held_at <= $2 ORDER BY held_at LIMIT $3"
    );
    let statement = statement.bind(consumer).bind(held_before).bind(limit);
    let rows: Vec<PendingDeliveryRow> = connection.load(statement).await?;
    rows.into_iter().map(|row| row.into_pending(consumer)).collect()
}
