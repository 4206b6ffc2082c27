//! Writing a batch in a transaction: all of it, or nothing and which write set prevented it.

use std::{collections::HashSet, panic::AssertUnwindSafe};

use diesel::result::Error as DieselError;
use diesel_async::AsyncPgConnection;
use futures_util::FutureExt;
use message_bus::{CommitError, Recorded, WriteSet};
use uuid::Uuid;

use crate::{
    committing::{commit_state::CommitState, postgres::command_log},
    delivering::postgres::consumer_positions,
    event_log::postgres as event_log,
    postgres::PostgresRows,
};

/// Splits off what may not be in one batch with what comes before it: no two write sets of a batch are about one aggregate, one replay key or
/// one consumer's position, because one statement cannot write a row twice. Both parts keep their order.
pub(super) fn split_off<R: PostgresRows, T>(
    waiting: Vec<(Box<WriteSet<R>>, T)>,
) -> [Vec<(Box<WriteSet<R>>, T)>; 2] {
    let mut aggregates = HashSet::new();
    let mut keys = HashSet::new();
    let mut positions = HashSet::new();
    let (mut now, mut later) = (Vec::with_capacity(waiting.len()), Vec::new());
    for (write_set, answer) in waiting {
        let own = write_set.changes.aggregates();
        let key = write_set.replay.as_ref().map(|record| record.replay.key.clone());
        let moved: Vec<_> = write_set
            .deliveries
            .iter()
            .map(|delivery| (delivery.consumer, delivery.aggregate_id))
            .collect();
        let is_free = own.iter().all(|id: &Uuid| !aggregates.contains(id))
            && key.as_ref().is_none_or(|key| !keys.contains(key))
            && moved.iter().all(|position| !positions.contains(position));
        // A write set that is put off claims its rows too: a later one of the same aggregate must not overtake it.
        aggregates.extend(own);
        keys.extend(key);
        positions.extend(moved);
        if is_free {
            now.push((write_set, answer));
        } else {
            later.push((write_set, answer));
        }
    }
    [now, later]
}

/// Why a batch was not written. What it wrote by then has to be undone.
#[derive(Debug)]
pub(super) enum NotWritten {
    /// These are refused, each by its place in the batch and for its own reason. The others can be written without them.
    Refused(Vec<(usize, CommitError)>),
    /// The database returned an error that does not show which write set caused it.
    Error(DieselError),
    /// Writing panicked.
    Panicked,
}

/// Writes all of these in the open transaction. Every transaction takes its rows in the same order: positions, command log, the context's
/// tables in the order of its `write`, events; and within a table in the order of the keys.
pub(super) async fn write_together<R: PostgresRows>(
    connection: &AsyncPgConnection,
    write_sets: &[&WriteSet<R>],
    state: &CommitState,
) -> Result<(), NotWritten> {
    let written = AssertUnwindSafe(write(connection, write_sets, state)).catch_unwind();
    match written.await {
        Ok(Ok(refused)) if refused.is_empty() => Ok(()),
        Ok(Ok(refused)) => Err(NotWritten::Refused(refused)),
        Ok(Err(error)) => Err(NotWritten::Error(error)),
        Err(_) => Err(NotWritten::Panicked),
    }
}

/// A write set that lost against one with the same key gets the other's answer.
pub(super) async fn explained<R>(
    connection: &AsyncPgConnection,
    write_set: &WriteSet<R>,
    error: CommitError,
) -> Result<CommitError, DieselError> {
    match (&error, &write_set.replay) {
        (CommitError::AlreadyExists { constraint }, Some(record)) if constraint == command_log::KEY => {
            Ok(match command_log::find(connection, &record.replay).await? {
                Recorded::Answer(result) => CommitError::AlreadyDone { result },
                Recorded::AnotherRequest => CommitError::ReplayKeyReused,
                Recorded::Nothing => error,
            })
        }
        _ => Ok(error),
    }
}

/// Returns the refused ones by their places in the batch, and why.
async fn write<R: PostgresRows>(
    connection: &AsyncPgConnection,
    write_sets: &[&WriteSet<R>],
    state: &CommitState,
) -> Result<Vec<(usize, CommitError)>, DieselError> {
    // Duplicates first: a repeated command must be recognised, before it fails on the rows that it wrote the first time.
    let moves: Vec<_> = write_sets
        .iter()
        .enumerate()
        .flat_map(|(place, write_set)| {
            write_set
                .deliveries
                .iter()
                .map(move |delivery| (place, *delivery))
        })
        .collect();
    let refused = consumer_positions::move_positions(connection, &moves).await?;
    if !refused.is_empty() {
        return Ok(refused);
    }
    let records: Vec<_> = write_sets
        .iter()
        .filter_map(|write_set| write_set.replay.as_ref())
        .collect();
    command_log::record(connection, &records).await?;
    let rows: Vec<&R> = write_sets.iter().map(|write_set| &write_set.changes).collect();
    let stale = R::write(&rows, connection).await?;
    if stale.is_empty() {
        let events: Vec<_> = write_sets
            .iter()
            .flat_map(|write_set| &write_set.events)
            .collect();
        event_log::append(connection, &events, |event_type| state.takes(event_type)).await?;
    }
    let conflicts = stale
        .into_iter()
        .map(|place| (place, CommitError::VersionConflict));
    Ok(conflicts.collect())
}
