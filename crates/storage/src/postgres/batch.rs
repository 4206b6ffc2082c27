//! Writing a batch in a transaction: together as long as nothing is wrong, one by one as soon as something is.

use std::{collections::HashSet, panic::AssertUnwindSafe};

use diesel::result::Error as DieselError;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use futures_util::FutureExt;
use message_bus::{CommitError, Recorded, Unavailable};
use uuid::Uuid;

use super::{PostgresRows, command_log, deliveries, errors::Refused, event_log};
use crate::{WriteSet, commit_state::CommitState};

/// How often a write set that failed for a passing reason (a deadlock) is written in all.
const ATTEMPTS: u32 = 3;

/// What became of each write set of a batch, in their order.
pub(super) type Outcomes = Vec<Result<(), CommitError>>;

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
        let own = write_set.rows.aggregates();
        let key = write_set.replay.as_ref().map(|record| record.replay.key.clone());
        let moved: Vec<_> = write_set
            .deliveries
            .iter()
            .map(|delivery| (delivery.consumer, delivery.aggregate_id))
            .collect();
        let is_free = own.iter().all(|id: &Uuid| !aggregates.contains(id))
            && key.as_ref().is_none_or(|key| !keys.contains(key))
            && moved.iter().all(|position| !positions.contains(position));
        // Also what is put off claims its places: whoever comes after it on the same aggregate must not overtake it.
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

/// Writes all of these in the open transaction. An error says that the transaction cannot go on; `None` that the batch did not go in one piece:
/// then the transaction has to be rolled back and [`write_one_by_one`] is to be tried.
pub(super) async fn write_together<R: PostgresRows>(
    connection: &AsyncPgConnection,
    write_sets: &[&WriteSet<R>],
    state: &CommitState,
) -> Option<Outcomes> {
    match caught(write(connection, write_sets, state)).await {
        Ok(Ok(refused)) if refused.is_empty() => Some(write_sets.iter().map(|_| Ok(())).collect()),
        // Which of them it was, and why, is found out one by one.
        Ok(Ok(_) | Err(_)) | Err(Panicked) => None,
    }
}

/// Writes each in a savepoint of its own, so that one which fails undoes itself and no other. An error says that the transaction cannot go on.
pub(super) async fn write_one_by_one<R: PostgresRows>(
    mut connection: &AsyncPgConnection,
    write_sets: &[&WriteSet<R>],
    state: &CommitState,
) -> Result<Outcomes, DieselError> {
    let mut outcomes = Vec::with_capacity(write_sets.len());
    for write_set in write_sets {
        let mut attempt = 1;
        let outcome = loop {
            connection.batch_execute("SAVEPOINT alone").await?;
            let refused = match caught(write(connection, &[write_set], state)).await {
                Ok(Ok(refused)) => refused.into_iter().next().map(|(_, error)| Refused::For(error)),
                Ok(Err(error)) => Some(Refused::from(error)),
                Err(Panicked) => Some(Refused::For(Unavailable::defect("writing panicked").into())),
            };
            let Some(refused) = refused else {
                connection.batch_execute("RELEASE SAVEPOINT alone").await?;
                break Ok(());
            };
            connection
                .batch_execute("ROLLBACK TO SAVEPOINT alone; RELEASE SAVEPOINT alone")
                .await?;
            if matches!(refused, Refused::Passing(_)) && attempt < ATTEMPTS {
                attempt += 1;
                continue;
            }
            break Err(explained(connection, write_set, refused.into_commit_error()).await?);
        };
        outcomes.push(outcome);
    }
    Ok(outcomes)
}

/// Who lost against a twin with the same key is told what the twin was told.
async fn explained<R>(
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

/// Answers who is refused, by their places, and why. Whatever it has written by then has to be undone.
async fn write<R: PostgresRows>(
    connection: &AsyncPgConnection,
    write_sets: &[&WriteSet<R>],
    state: &CommitState,
) -> Result<Vec<(usize, CommitError)>, DieselError> {
    // Duplicates first: a repeated command must be told so, rather than trip over the rows it wrote the first time.
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
    let refused = deliveries::move_positions(connection, &moves).await?;
    if !refused.is_empty() {
        return Ok(refused);
    }
    let records: Vec<_> = write_sets
        .iter()
        .filter_map(|write_set| write_set.replay.as_ref())
        .collect();
    command_log::record(connection, &records).await?;
    let rows: Vec<&R> = write_sets.iter().map(|write_set| &write_set.rows).collect();
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

struct Panicked;

async fn caught<T>(work: impl Future<Output = T> + Send) -> Result<T, Panicked> {
    AssertUnwindSafe(work).catch_unwind().await.map_err(|_| Panicked)
}
