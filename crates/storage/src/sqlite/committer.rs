//! The one thread that writes a context's file: many write sets, one transaction, one sync.
//!
//! Callers share the cost of a commit, not its fate. Each write set is written in a savepoint, so that a
//! stale version, a duplicate key or a bad row undoes that write set and no other. Everyone is answered
//! after COMMIT, also those who failed: what they failed on may stand in this very batch.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::PathBuf,
    sync::Arc,
};

use diesel::{
    SqliteConnection,
    connection::{AnsiTransactionManager, SimpleConnection, TransactionManager},
    result::Error as DieselError,
};
use message_bus::{CommitError, Unavailable};
use shared_kernel::Clock;

use super::{SqliteRows, command_log, connection, deliveries, errors::WriteFailure, event_log};
#[cfg(debug_assertions)]
use crate::commit_state::answer_too_early;
use crate::{
    WriteSet,
    commit_queue::{Batches, Job},
    commit_state::{Answer, CommitState, answer_of, refuse_all},
};

/// Upkeep: a small write of storage's own that goes along with a batch.
pub(super) type Upkeep = Box<dyn FnOnce(&mut SqliteConnection) -> Result<(), WriteFailure> + Send>;

/// The committer's own state.
pub(super) struct Committer {
    pub(super) connection: SqliteConnection,
    pub(super) file: PathBuf,
    pub(super) shared: Arc<CommitState>,
    pub(super) clock: Arc<dyn Clock>,
}

impl Committer {
    /// Commits batch after batch until told to stop.
    pub(super) fn run<R: SqliteRows>(mut self, mut batches: Batches<R, Upkeep>) {
        while let Some(batch) = batches.next_blocking() {
            self.commit(batch);
        }
        if !self.shared.marks().is_empty() {
            self.commit::<R>(Vec::new());
        }
        // What the log holds goes into the file, so that the folder can be copied as it lies. Losing this race loses nothing.
        if let Err(error) = self.connection.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)") {
            tracing::warn!(%error, "the write-ahead log was not folded into the file");
        }
    }

    fn commit<R: SqliteRows>(&mut self, batch: Vec<Job<R, Upkeep>>) {
        if let Err(error) =
            AnsiTransactionManager::begin_transaction_sql(&mut self.connection, "BEGIN IMMEDIATE")
        {
            tracing::warn!(%error, "a batch could not begin");
            let refusals = batch.into_iter().filter_map(answer_of);
            refuse_all(refusals, || Unavailable::Busy {
                retry_after_seconds: 1,
            });
            self.reconnect();
            return;
        }
        let mut answers: Vec<(Answer, Result<(), CommitError>)> = Vec::with_capacity(batch.len());
        let mut written = 0;
        let shared = Arc::clone(&self.shared);
        let mut jobs = batch.into_iter();
        while let Some(job) = jobs.next() {
            let (answer, result) = match job {
                Job::WriteSet { write_set, answer } => {
                    let result = self.write_alone(|connection| write(connection, &write_set, &shared));
                    written += u64::from(result.is_ok());
                    (answer, result)
                }
                Job::Upkeep { work, answer } => (answer, self.write_alone(work)),
                Job::Stop => continue,
            };
            match result {
                Ok(()) => answers.push((answer, Ok(()))),
                Err(WriteFailure::Alone(error)) => answers.push((answer, Err(error))),
                Err(WriteFailure::Database(error)) => {
                    let rest = jobs.filter_map(answer_of);
                    let everyone = answers.into_iter().map(|(answer, _)| answer);
                    self.abandon(everyone.chain([answer]).chain(rest), &error);
                    return;
                }
            }
        }
        let marks = std::mem::take(&mut *self.shared.marks());
        if !marks.is_empty() {
            let now = self.clock.now().as_microseconds();
            if let Err(error) = event_log::mark_published(&mut self.connection, &marks, now) {
                self.shared.marks().extend(marks);
                self.abandon(answers.into_iter().map(|(answer, _)| answer), &error);
                return;
            }
        }
        #[cfg(debug_assertions)]
        let answers = answer_too_early(answers);
        if let Err(error) = AnsiTransactionManager::commit_transaction(&mut self.connection) {
            stop_the_process(
                "a commit failed, and whether it is on disk cannot be known",
                &error,
            );
        }
        self.shared.batches().add(written);
        for (answer, result) in answers {
            // An error says that the caller has gone. What it asked for is done all the same.
            let _ = answer.send(result);
        }
        self.shared.committed.notify_one();
    }

    /// Writes in a savepoint. Only when the savepoint itself cannot be left has the whole batch failed.
    fn write_alone(
        &mut self,
        work: impl FnOnce(&mut SqliteConnection) -> Result<(), WriteFailure>,
    ) -> Result<(), WriteFailure> {
        AnsiTransactionManager::begin_transaction(&mut self.connection).map_err(WriteFailure::Database)?;
        let result = catch_unwind(AssertUnwindSafe(|| work(&mut self.connection)));
        let failure = match result {
            Ok(Ok(())) => {
                return AnsiTransactionManager::commit_transaction(&mut self.connection)
                    .map_err(WriteFailure::Database);
            }
            Ok(Err(failure)) => failure,
            Err(_) => WriteFailure::Alone(Unavailable::defect("writing panicked").into()),
        };
        AnsiTransactionManager::rollback_transaction(&mut self.connection).map_err(WriteFailure::Database)?;
        Err(WriteFailure::Alone(match failure {
            WriteFailure::Alone(error) => error,
            // The savepoint could be left, so the trouble was this write set's own.
            WriteFailure::Database(error) => Unavailable::Dependency(Box::new(error)).into(),
        }))
    }

    /// Nothing of this batch is written. Before COMMIT that is certain, so everyone may try again.
    fn abandon(&mut self, answers: impl Iterator<Item = Answer>, error: &DieselError) {
        tracing::error!(%error, "a batch was rolled back");
        // The new connection rolls back whatever the old one had open.
        self.reconnect();
        refuse_all(answers, || Unavailable::dependency(error));
    }

    /// After a failure of the transaction itself, SQLite's idea of it and Diesel's may differ: begin afresh.
    fn reconnect(&mut self) {
        match connection::open_for_writing(&self.file) {
            Ok(connection) => self.connection = connection,
            Err(error) => stop_the_process("the database cannot be opened again", &error),
        }
    }
}

fn write<R: SqliteRows>(
    connection: &mut SqliteConnection,
    write_set: &WriteSet<R>,
    shared: &CommitState,
) -> Result<(), WriteFailure> {
    // Duplicates first: a repeated command must be told so, rather than trip over the rows it wrote the first time.
    if let Some(delivery) = &write_set.delivery {
        deliveries::move_position(connection, delivery)?;
    }
    if let Some(replay) = &write_set.replay {
        command_log::record(connection, replay, write_set.issued_at)?;
    }
    write_set.rows.write(connection)?;
    for event in &write_set.events {
        event_log::append(connection, event, shared.takes(&event.envelope.event_type))?;
    }
    Ok(())
}

/// After a failed sync nobody can say what is on disk: the system may drop the very pages it could not write, and the next
/// sync would succeed without them. Starting again reads what is really there.
fn stop_the_process(what: &str, error: &dyn std::error::Error) -> ! {
    tracing::error!(%error, "{what}; stopping");
    std::process::abort()
}
