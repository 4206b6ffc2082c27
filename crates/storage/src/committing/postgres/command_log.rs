//! The command log: a caller who repeats a command gets the first answer again.

use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, sql_types::BigInt};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use message_bus::{Recorded, Replay, ReplayRecord};

use crate::{
    columns::{RowTime, UtcTime},
    operating::postgres::lived_time::stamp,
    postgres::BatchStatement,
    schema::command_log,
};

/// The constraint that decides between two commands with one key.
pub(super) const KEY: &str = "command_log.replay_key";

/// Writes lines, stamped with the time that retention uses. An existing key breaks [`KEY`].
pub(super) async fn record(connection: &AsyncPgConnection, records: &[&ReplayRecord]) -> QueryResult<()> {
    if records.is_empty() {
        return Ok(());
    }
    BatchStatement::new(concat!(
        "INSERT INTO command_log (replay_key, fingerprint, result, recorded_at) SELECT *, ",
        stamp!(),
        " FROM unnest("
    ))
    .texts(records.iter().map(|record| record.replay.key.clone()))
    .bytes(records.iter().map(|record| record.replay.fingerprint.to_vec()))
    .texts(records.iter().map(|record| record.result.clone()))
    .then(") ORDER BY 1")
    .execute(connection)
    .await?;
    Ok(())
}

/// Looks a key up.
pub(crate) async fn find(connection: &AsyncPgConnection, replay: &Replay) -> QueryResult<Recorded> {
    let recorded: Option<(Vec<u8>, String)> = command_log::table
        .filter(command_log::replay_key.eq(&replay.key))
        .select((command_log::fingerprint, command_log::result))
        .first(&mut &*connection)
        .await
        .optional()?;
    Ok(match recorded {
        None => Recorded::Nothing,
        Some((fingerprint, result)) if fingerprint == replay.fingerprint => Recorded::Answer(result),
        Some(_) => Recorded::AnotherRequest,
    })
}

/// Deletes lines that were recorded before `time`, the oldest first and at most `limit`. Returns how many there were, without those that
/// another process is deleting.
pub(crate) async fn forget_before(
    connection: &AsyncPgConnection,
    time: RowTime,
    limit: i64,
) -> QueryResult<usize> {
    diesel::sql_query(
        "DELETE FROM command_log WHERE replay_key IN
             (SELECT replay_key FROM command_log WHERE recorded_at < $1 ORDER BY recorded_at LIMIT $2 FOR UPDATE SKIP LOCKED)",
    )
    .bind::<UtcTime, _>(time)
    .bind::<BigInt, _>(limit)
    .execute(&mut &*connection)
    .await
}
