//! The one thread that writes a context's file: many write sets, one transaction, one sync.
//!
//! Callers share the cost of a commit, but not each other's errors: a stale version, a duplicate key or a bad row
//! undoes its own write set and no other. Nearly always all succeed, so a batch is first written as one; if that
//! fails it is undone and written again, each write set in a savepoint. Every caller is answered after COMMIT, also
//! a failed one: it may have failed because of another write set in the same batch.

mod sorted;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use diesel::{
    SqliteConnection,
    connection::{AnsiTransactionManager, SimpleConnection, TransactionManager},
    result::Error as DieselError,
};
use message_bus::{CommitError, Unavailable, WriteSet};
use shared_kernel::Clock;

use self::sorted::Sorted;
#[cfg(debug_assertions)]
use crate::canary::answer_too_early;
use crate::{
    columns::RowTime,
    committing::{
        commit_queue::{Batches, Job},
        commit_state::{Answer, CommitState, refuse_all},
        sqlite::command_log,
    },
    delivering::{pending_delivery_row::row_time, sqlite::consumer_positions},
    event_log::sqlite as event_log,
    opening::sqlite::{connection, placed_file::PlacedFile},
    operating::sqlite::lived_time,
    sqlite::{
        OpenError, SqliteRows,
        errors::{WriteFailure, is_full, not_written},
    },
};

/// Upkeep: a small write of storage's own that is written with a batch.
pub(crate) type Upkeep = Box<dyn FnOnce(&mut SqliteConnection) -> Result<(), WriteFailure> + Send>;

/// The committer's own state.
pub(crate) struct Committer {
    pub(crate) connection: SqliteConnection,
    pub(crate) file: Arc<PlacedFile>,
    pub(crate) shared: Arc<CommitState>,
    pub(crate) clock: Arc<dyn Clock>,
    /// Whether a write set of the last batch failed. Failures often follow one another, and writing a batch twice
    /// costs more than savepoints do.
    pub(crate) some_failed: bool,
}

impl Committer {
    /// Commits batch after batch until it has to stop.
    pub(crate) fn run<R: SqliteRows>(mut self, mut batches: Batches<R, Upkeep>) {
        while let Some(batch) = batches.next_blocking() {
            self.commit(batch);
        }
        if !self.shared.marks().is_empty() {
            self.commit::<R>(Vec::new());
        }
        // Moves the log into the file, so that the folder can be copied. If that fails, nothing is lost.
        if let Err(error) = self.connection.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)") {
            tracing::warn!(%error, "the write-ahead log was not folded into the file");
        }
    }

    fn commit<R: SqliteRows>(&mut self, batch: Vec<Job<R, Upkeep>>) {
        let Sorted {
            write_sets,
            upkeep,
            answers,
        } = Sorted::of(batch);
        let something_to_publish = !upkeep.is_empty()
            || write_sets
                .iter()
                .any(|write_set| self.shared.is_to_be_published(write_set));
        if let Err(error) = self.begin() {
            tracing::warn!(%error, "a batch could not begin");
            refuse_all(answers, || Unavailable::Busy {
                retry_after_seconds: 1,
            });
            self.reconnect();
            return;
        }
        let marks = std::mem::take(&mut *self.shared.marks());
        let results = match self.write_batch(&write_sets, upkeep, &marks) {
            Ok(results) => results,
            Err(error) => return self.abandon(answers, marks, &error),
        };
        let written = results
            .iter()
            .take(write_sets.len())
            .filter(|result| result.is_ok())
            .count();
        let answers: Vec<_> = answers.into_iter().zip(results).collect();
        #[cfg(debug_assertions)]
        let answers = answer_too_early(answers);
        match AnsiTransactionManager::commit_transaction(&mut self.connection) {
            Ok(()) => {}
            Err(error) if is_full(&error) => {
                let answers = answers.into_iter().map(|(answer, _)| answer).collect();
                return self.abandon(answers, marks, &error);
            }
            Err(error) => stop_the_process(
                "a commit failed, and whether it is on disk cannot be known",
                &error,
            ),
        }
        if written > 0 && self.shared.note_full(false) {
            tracing::info!("there is room again: writes are taken as before");
        }
        // Commits into a file that is no longer in its place are not acknowledged. Upkeep without a caller needs no answer anyway.
        if answers.iter().any(|(answer, _)| answer.is_awaited())
            && let Err(error) = self.file.check_place()
        {
            stop_without_its_file(&error);
        }
        self.shared.batches().add(written as u64);
        for (answer, result) in answers {
            answer.tell_in_batch(result, written);
        }
        if something_to_publish {
            self.shared.committed.notify_one();
        }
    }

    fn begin(&mut self) -> Result<(), DieselError> {
        AnsiTransactionManager::begin_transaction_sql(&mut self.connection, "BEGIN IMMEDIATE")
    }

    /// Writes a batch. Each job has its own result, the write sets' first; an error is the whole batch's.
    fn write_batch<R: SqliteRows>(
        &mut self,
        write_sets: &[Box<WriteSet<R>>],
        upkeep: Vec<Upkeep>,
        marks: &[i64],
    ) -> Result<Vec<Result<(), CommitError>>, DieselError> {
        let mut results = Vec::with_capacity(write_sets.len() + upkeep.len());
        let stamp = lived_time::stamp(&mut self.connection, row_time(self.clock.now()))?;
        if !self.some_failed && self.write_together(write_sets, stamp)? {
            results.resize_with(write_sets.len(), || Ok(()));
        } else {
            let shared = Arc::clone(&self.shared);
            for write_set in write_sets {
                results.push(self.write_alone(|connection| write(connection, write_set, &shared, stamp))?);
            }
            self.some_failed = results.iter().any(Result::is_err);
        }
        for work in upkeep {
            results.push(self.write_alone(work)?);
        }
        if !marks.is_empty() {
            event_log::mark_published(&mut self.connection, marks, stamp)?;
        }
        Ok(results)
    }

    /// Writes them all without a savepoint for each, and returns whether all succeeded. If not, nothing is written.
    fn write_together<R: SqliteRows>(
        &mut self,
        write_sets: &[Box<WriteSet<R>>],
        stamp: RowTime,
    ) -> Result<bool, DieselError> {
        let (connection, shared) = (&mut self.connection, &self.shared);
        let mut write_sets = write_sets.iter();
        let result = catch_unwind(AssertUnwindSafe(|| {
            write_sets.try_for_each(|write_set| write(connection, write_set, shared, stamp))
        }));
        if matches!(result, Ok(Ok(()))) {
            return Ok(true);
        }
        AnsiTransactionManager::rollback_transaction(&mut self.connection)?;
        self.begin()?;
        Ok(false)
    }

    /// Writes in a savepoint. The whole batch fails only if the savepoint itself cannot be ended.
    fn write_alone(
        &mut self,
        work: impl FnOnce(&mut SqliteConnection) -> Result<(), WriteFailure>,
    ) -> Result<Result<(), CommitError>, DieselError> {
        AnsiTransactionManager::begin_transaction(&mut self.connection)?;
        let result = catch_unwind(AssertUnwindSafe(|| work(&mut self.connection)));
        let error = match result {
            Ok(Ok(())) => {
                AnsiTransactionManager::commit_transaction(&mut self.connection)?;
                return Ok(Ok(()));
            }
            Ok(Err(WriteFailure::Alone(error))) => error,
            // If the savepoint can be ended, the error is this write set's own.
            Ok(Err(WriteFailure::Database(error))) => not_written(&error).into(),
            Err(_) => Unavailable::defect("writing panicked").into(),
        };
        AnsiTransactionManager::rollback_transaction(&mut self.connection)?;
        Ok(Err(error))
    }

    /// Nothing of this batch is written, which is certain before COMMIT, and of a COMMIT that found no room. So everyone may try again, and what was
    /// published is marked with a later batch.
    fn abandon(&mut self, answers: Vec<Answer>, marks: Vec<i64>, error: &DieselError) {
        self.shared.marks().extend(marks);
        if !is_full(error) {
            tracing::error!(%error, "a batch was rolled back");
        } else if self.shared.note_full(true) {
            tracing::warn!(%error, "there is no room for what is to be written; it is refused until there is");
        }
        // The new connection rolls back an open transaction of the old one.
        self.reconnect();
        refuse_all(answers, || not_written(error));
    }

    /// After a failure of the transaction itself, SQLite's state and Diesel's may differ: begin with a new connection.
    fn reconnect(&mut self) {
        match connection::open_again_for_writing(&self.file) {
            Ok(connection) => self.connection = connection,
            Err(error @ OpenError::Replaced { .. }) => stop_without_its_file(&error),
            Err(error) => stop_the_process("the database cannot be opened again", &error),
        }
    }
}

/// `stamp` is the time that retention uses.
fn write<R: SqliteRows>(
    connection: &mut SqliteConnection,
    write_set: &WriteSet<R>,
    shared: &CommitState,
    stamp: RowTime,
) -> Result<(), WriteFailure> {
    // Duplicates first: a repeated command must be recognised, before it fails on the rows that it wrote the first time.
    for delivery in &write_set.deliveries {
        consumer_positions::move_position(connection, delivery)?;
    }
    if let Some(replay) = &write_set.replay {
        command_log::record(connection, replay, stamp)?;
    }
    write_set.changes.write(connection)?;
    for event in &write_set.events {
        let (envelope, _) = event;
        event_log::append(connection, event, shared.takes(&envelope.event_type), stamp)?;
    }
    Ok(())
}

/// What was committed so far is in the file that was moved away. Later commits would be missing from the file that is now in its place.
pub(crate) fn stop_without_its_file(error: &OpenError) -> ! {
    stop_the_process("a database is no longer where it was opened", error)
}

/// After a failed sync it is unknown what is on disk: the system may drop the very pages it could not write, and the next
/// sync would succeed without them. A new start writes and syncs what it reads, before it commits anything.
fn stop_the_process(what: &str, error: &dyn std::error::Error) -> ! {
    tracing::error!(%error, "{what}; stopping");
    std::process::abort()
}
