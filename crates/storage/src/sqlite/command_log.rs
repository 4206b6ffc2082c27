//! The command log: who repeats a command gets the first answer again.

use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, SqliteConnection, insert_into};
use message_bus::{CommitError, ReplayRecord};

use super::{errors::WriteFailure, schema::command_log};

/// Writes the line. The unique key decides between twins: the later one gets the recorded answer, and its
/// write set is undone.
pub(super) fn record(
    connection: &mut SqliteConnection,
    record: &ReplayRecord,
    now: i64,
) -> Result<(), WriteFailure> {
    let inserted = insert_into(command_log::table)
        .values((
            command_log::replay_key.eq(&record.replay.key),
            command_log::fingerprint.eq(record.replay.fingerprint.as_slice()),
            command_log::result.eq(&record.result),
            command_log::recorded_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(connection)?;
    if inserted == 1 {
        return Ok(());
    }
    let recorded: Option<(Vec<u8>, String)> = command_log::table
        .filter(command_log::replay_key.eq(&record.replay.key))
        .select((command_log::fingerprint, command_log::result))
        .first(connection)
        .optional()?;
    Err(WriteFailure::Alone(match recorded {
        Some((fingerprint, result)) if fingerprint == record.replay.fingerprint => {
            CommitError::AlreadyDone { result }
        }
        Some(_) => CommitError::ReplayKeyReused,
        None => CommitError::ConstraintBroken {
            constraint: "command_log.replay_key".to_owned(),
        },
    }))
}
