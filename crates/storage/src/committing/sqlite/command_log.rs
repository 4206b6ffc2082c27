//! The command log: a caller who repeats a command gets the first answer again.

use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, SqliteConnection, delete, insert_into,
};
use message_bus::{CommitError, Recorded, Replay, ReplayRecord};

use crate::{columns::RowTime, schema::command_log, sqlite::errors::WriteFailure};

/// Writes the line, with this stamp. The unique key decides between two commands with one key: the later one gets the
/// recorded answer, and its write set is undone.
pub(super) fn record(
    connection: &mut SqliteConnection,
    record: &ReplayRecord,
    stamp: RowTime,
) -> Result<(), WriteFailure> {
    let inserted = insert_into(command_log::table)
        .values((
            command_log::replay_key.eq(&record.replay.key),
            command_log::fingerprint.eq(record.replay.fingerprint.as_slice()),
            command_log::result.eq(&record.result),
            command_log::recorded_at.eq(stamp),
        ))
        .on_conflict_do_nothing()
        .execute(connection)?;
    if inserted == 1 {
        return Ok(());
    }
    Err(WriteFailure::Alone(match find(connection, &record.replay)? {
        Recorded::Answer(result) => CommitError::AlreadyDone { result },
        Recorded::AnotherRequest => CommitError::ReplayKeyReused,
        Recorded::Nothing => CommitError::ConstraintBroken {
            constraint: "command_log.replay_key".to_owned(),
        },
    }))
}

/// Looks a key up.
pub(crate) fn find(connection: &mut SqliteConnection, replay: &Replay) -> diesel::QueryResult<Recorded> {
    let recorded: Option<(Vec<u8>, String)> = command_log::table
        .filter(command_log::replay_key.eq(&replay.key))
        .select((command_log::fingerprint, command_log::result))
        .first(connection)
        .optional()?;
    Ok(match recorded {
        None => Recorded::Nothing,
        Some((fingerprint, result)) if fingerprint == replay.fingerprint => Recorded::Answer(result),
        Some(_) => Recorded::AnotherRequest,
    })
}

/// Deletes lines that were recorded before `time`, the oldest first and at most `limit`, so that no commit waits
/// long for it. Returns how many there were.
pub(crate) fn forget_before(
    connection: &mut SqliteConnection,
    time: RowTime,
    limit: i64,
) -> diesel::QueryResult<usize> {
    let oldest: Vec<String> = command_log::table
        .filter(command_log::recorded_at.lt(time))
        .order(command_log::recorded_at)
        .limit(limit)
        .select(command_log::replay_key)
        .load(connection)?;
    delete(command_log::table.filter(command_log::replay_key.eq_any(&oldest))).execute(connection)
}
