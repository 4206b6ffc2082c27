//! How an event log stands: what of it is unpublished, how far it goes, whether it was numbered anew.

use diesel::QueryableByName;
use operations::invariants::RecordedBeginning;
use shared_kernel::Timestamp;

use crate::{
    ReadError,
    any_connection::AnyConnection,
    columns::{RowTime, row_time, to_time},
    statement::Statement,
};

/// Whether an event log was numbered from 1 again after a consumer began after sequence `$1` at time `$2`. It was if it no longer reaches
/// as far as that; or if it was pruned, and the first of the events up to there happened later than the consumer began. A log that
/// was never pruned has lost no number: there, such times come from a clock that was set back.
const BEGAN_AGAIN: &str = "SELECT CAST(1 AS bigint) AS number
     WHERE coalesce((SELECT max(sequence) FROM event_log), 0) < $1
        OR (EXISTS (SELECT 1 FROM log_pruning) AND coalesce(
            (SELECT occurred_at FROM event_log WHERE sequence <= $1 ORDER BY sequence LIMIT 1) > $2, false))";

#[derive(QueryableByName)]
#[diesel(table_name = crate::schema::event_log)]
struct OccurredAt {
    occurred_at: RowTime,
}

/// Whether the log was numbered from 1 again after a beginning was recorded.
pub(crate) async fn began_again_since(
    connection: &mut AnyConnection<'_>,
    beginning: RecordedBeginning,
) -> Result<bool, ReadError> {
    let statement = Statement::new(BEGAN_AGAIN)
        .bind(beginning.begins_after)
        .bind(row_time(beginning.recorded_at));
    Ok(!connection.numbers(statement).await?.is_empty())
}

/// How many events are unpublished.
pub(crate) async fn count_unpublished(connection: &mut AnyConnection<'_>) -> Result<u64, ReadError> {
    let statement = Statement::new("SELECT count(*) AS number FROM event_log WHERE published_at IS NULL");
    let count = connection.numbers(statement).await?;
    u64::try_from(count.into_iter().sum::<i64>()).map_err(ReadError::corrupt)
}

/// When the first of the unpublished events happened.
pub(crate) async fn oldest_unpublished_at(
    connection: &mut AnyConnection<'_>,
) -> Result<Option<Timestamp>, ReadError> {
    let statement = Statement::new(
        "SELECT occurred_at FROM event_log WHERE published_at IS NULL ORDER BY sequence LIMIT 1",
    );
    let oldest: Option<OccurredAt> = connection.first(statement).await?;
    oldest.map(|oldest| to_time(oldest.occurred_at)).transpose()
}

/// The largest sequence so far.
pub(crate) async fn last_sequence(connection: &mut AnyConnection<'_>) -> Result<i64, ReadError> {
    let statement = Statement::new("SELECT max(sequence) AS number FROM event_log");
    Ok(connection.numbers(statement).await?.into_iter().sum())
}
