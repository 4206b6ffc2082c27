//! A task that commits batch after batch on a connection of its own. A context has a few of them, so that one collects while
//! another waits for the disk.

use std::{sync::Arc, time::Duration};

use diesel::{
    result::Error as DieselError,
    sql_types::{BigInt, Uuid as PgUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use message_bus::Unavailable;
use tokio::sync::{Mutex, watch};
use uuid::Uuid;

use super::{
    BatchStatement, OpenError, PostgresRows, PostgresServer,
    batch::{Outcomes, split_off, write_one_by_one, write_together},
    event_log,
    lease::Lease,
    lived_time::stamp,
    server::Link,
};
#[cfg(debug_assertions)]
use crate::commit_state::answer_too_early;
use crate::{
    WriteSet,
    columns::RowId,
    commit_queue::{Batches, Job},
    commit_state::{Answer, CommitState, refuse_all},
    lived_time::{STORED_BEFORE, microseconds},
};

/// Nothing but write sets comes through the queue here: upkeep has a connection of its own.
pub(super) type NoUpkeep = std::convert::Infallible;

/// How often a batch is begun again when the connection was lost before COMMIT.
const ATTEMPTS: u32 = 2;
/// How long the row of a committer is kept that is not heard of any more, of the time that was lived through.
const KEPT: Duration = Duration::from_hours(30 * 24);
/// How long the outcome of a COMMIT is asked for before its callers are told that it is not known.
const OUTCOME_PATIENCE: Duration = Duration::from_secs(60);
/// How long to wait between two questions.
const OUTCOME_PAUSE: Duration = Duration::from_millis(100);

/// A committer's own state.
pub(super) struct Committer {
    pub(super) id: Uuid,
    pub(super) server: PostgresServer,
    pub(super) schema: &'static str,
    pub(super) state: Arc<CommitState>,
    pub(super) lease: watch::Receiver<Option<Lease>>,
    pub(super) link: Option<Link>,
    /// The number of the batch in hand, which this committer's own row holds once it is committed.
    pub(super) batch: i64,
}

/// Why a batch is not known to be committed.
enum Failure {
    /// It is certain that nothing was written.
    NotCommitted(Unavailable),
    /// The connection broke in COMMIT. If it was committed, these are the outcomes.
    Unknown(Outcomes),
}

impl From<DieselError> for Failure {
    fn from(error: DieselError) -> Self {
        Self::NotCommitted(Unavailable::Dependency(Box::new(error)))
    }
}

impl Committer {
    /// Commits batch after batch until told to stop.
    pub(super) async fn run<R: PostgresRows>(mut self, batches: Arc<Mutex<Batches<R, NoUpkeep>>>) {
        loop {
            let batch = batches.lock().await.next().await;
            let Some(batch) = batch else { return };
            self.commit_all(batch.into_iter().filter_map(work_of).collect())
                .await;
        }
    }

    /// Commits these, in as few transactions as can be.
    pub(super) async fn commit_all<R: PostgresRows>(&mut self, mut waiting: Vec<(Box<WriteSet<R>>, Answer)>) {
        while !waiting.is_empty() {
            let [now, later] = split_off(waiting);
            self.commit(now).await;
            waiting = later;
        }
    }

    /// Makes a connection, and this committer's own row, by which outcomes are looked up.
    pub(super) async fn connect(&self) -> Result<Link, OpenError> {
        let link = self.server.connect(self.schema).await?;
        // Those of processes that ended long ago go; the row of one that has only been idle is made again here.
        diesel::sql_query(format!(
            "WITH forgotten AS (DELETE FROM committers WHERE moved_at < ({STORED_BEFORE}) AND committer <> $2)
             INSERT INTO committers (committer, batch, moved_at) VALUES ($2, 0, {stamp}) ON CONFLICT DO NOTHING",
            stamp = stamp!(),
        ))
        .bind::<BigInt, _>(microseconds(KEPT))
        .bind::<PgUuid, _>(RowId(self.id))
        .execute(&mut &link.connection)
        .await
        .map_err(|error| OpenError::refused(self.server.name(), &error))?;
        Ok(link)
    }

    async fn commit<R: PostgresRows>(&mut self, batch: Vec<(Box<WriteSet<R>>, Answer)>) {
        let (write_sets, mut answers): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
        let write_sets: Vec<&WriteSet<R>> = write_sets.iter().map(Box::as_ref).collect();
        let something_to_publish = write_sets
            .iter()
            .any(|write_set| self.state.is_to_be_published(write_set));
        let mut attempt = 1;
        let committed = loop {
            match self.try_to_commit(&write_sets, &mut answers).await {
                Err(Unavailable::Dependency(error)) if attempt < ATTEMPTS => {
                    tracing::warn!(%error, "a batch is begun again on a new connection");
                    attempt += 1;
                }
                committed => break committed,
            }
        };
        match committed {
            Ok(outcomes) => {
                let written = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
                self.state.batches().add(written as u64);
                for (answer, outcome) in answers.into_iter().zip(outcomes) {
                    answer.tell_in_batch(outcome, written);
                }
                if something_to_publish {
                    self.state.committed.notify_one();
                }
            }
            Err(error) => {
                tracing::warn!(%error, "a batch was not committed");
                refuse_all(answers, || match &error {
                    Unavailable::OutcomeUnknown => Unavailable::OutcomeUnknown,
                    error => Unavailable::dependency(error),
                });
            }
        }
    }

    /// One transaction. When this fails, nothing was written, unless the error says that this is not known. The connection is gone
    /// then: the server undoes what it had open, and the next attempt makes another.
    async fn try_to_commit<R: PostgresRows>(
        &mut self,
        write_sets: &[&WriteSet<R>],
        answers: &mut Vec<Answer>,
    ) -> Result<Outcomes, Unavailable> {
        let link = match self.link.take() {
            Some(link) if !link.has_ended() => link,
            _ => self.connect().await.map_err(Unavailable::dependency)?,
        };
        link.count_use().await;
        self.batch += 1;
        let marks = std::mem::take(&mut *self.state.marks());
        match self
            .transaction(&link.connection, write_sets, &marks, answers)
            .await
        {
            Ok(outcomes) => {
                self.link = Some(link);
                Ok(outcomes)
            }
            Err(failure) => {
                drop(link);
                // No mark is lost, and at worst some are made twice.
                self.state.marks().extend(marks);
                match failure {
                    Failure::NotCommitted(error) => Err(error),
                    Failure::Unknown(outcomes) => {
                        let looked_up = tokio::time::timeout(OUTCOME_PATIENCE, self.was_committed()).await;
                        match looked_up {
                            Ok(true) => Ok(outcomes),
                            Ok(false) => Err(Unavailable::dependency("the connection broke before COMMIT")),
                            Err(_) => Err(Unavailable::OutcomeUnknown),
                        }
                    }
                }
            }
        }
    }

    async fn transaction<R: PostgresRows>(
        &self,
        mut connection: &AsyncPgConnection,
        write_sets: &[&WriteSet<R>],
        marks: &[i64],
        #[cfg_attr(
            not(debug_assertions),
            expect(unused_variables, reason = "only the known bug needs them here")
        )]
        answers: &mut Vec<Answer>,
    ) -> Result<Outcomes, Failure> {
        connection.batch_execute("BEGIN").await?;
        // Both on the way at once: whatever goes wrong with one is undone with the other.
        let (together, moved_on) = futures_util::future::join(
            write_together(connection, write_sets, &self.state),
            self.move_on(connection),
        )
        .await;
        let outcomes = match together {
            Some(outcomes) => {
                moved_on?;
                outcomes
            }
            None => {
                connection.batch_execute("ROLLBACK; BEGIN").await?;
                self.move_on(connection).await?;
                write_one_by_one(connection, write_sets, &self.state).await?
            }
        };
        let lease = *self.lease.borrow();
        if let Some(lease) = lease.filter(|_| !marks.is_empty()) {
            event_log::mark_published(connection, marks, lease).await?;
        }
        #[cfg(debug_assertions)]
        answer_before_commit(answers);
        match connection.batch_execute("COMMIT").await {
            Ok(()) => Ok(outcomes),
            #[cfg(debug_assertions)]
            Err(error) if crate::canary::gives_broken_commits_up() => Err(error.into()),
            Err(error) => {
                tracing::warn!(%error, "a connection broke in COMMIT; the outcome is looked up");
                Err(Failure::Unknown(outcomes))
            }
        }
    }

    /// Writes the batch's number into this committer's own row.
    async fn move_on(&self, connection: &AsyncPgConnection) -> Result<(), Failure> {
        let moved = BatchStatement::new(concat!(
            "UPDATE committers SET batch = own.batch, moved_at = ",
            stamp!(),
            " FROM unnest("
        ))
        .ids([RowId(self.id)])
        .numbers([self.batch])
        .then(") AS own (committer, batch) WHERE committers.committer = own.committer")
        .execute(connection)
        .await?;
        match moved {
            // A process that has been idle for weeks is forgotten; a new connection makes its row again.
            0 => Err(Failure::NotCommitted(Unavailable::dependency(
                "the committer's own row is gone",
            ))),
            _ => Ok(()),
        }
    }

    /// Asks on new connections, until there is an answer, whether the batch in hand is in.
    pub(super) async fn was_committed(&mut self) -> bool {
        loop {
            match self.look_up().await {
                Ok(committed) => return committed,
                Err(error) => tracing::warn!(%error, "the outcome of a COMMIT is not known yet"),
            }
            tokio::time::sleep(OUTCOME_PAUSE).await;
        }
    }

    /// The lock waits for the transaction on the broken connection, should it still be under way: what is read then is final.
    async fn look_up(&mut self) -> Result<bool, OpenError> {
        #[derive(diesel::QueryableByName)]
        struct Own {
            #[diesel(sql_type = BigInt)]
            batch: i64,
        }
        let link = self.connect().await?;
        let own: Vec<Own> = diesel::sql_query("SELECT batch FROM committers WHERE committer = $1 FOR UPDATE")
            .bind::<PgUuid, _>(RowId(self.id))
            .load(&mut &link.connection)
            .await
            .map_err(|error| OpenError::refused(self.server.name(), &error))?;
        self.link = Some(link);
        Ok(own.into_iter().next().is_some_and(|own| own.batch >= self.batch))
    }
}

/// The known bug that the kill test must find, when it is switched on.
#[cfg(debug_assertions)]
fn answer_before_commit(answers: &mut Vec<Answer>) {
    let told = answers.drain(..).map(|answer| (answer, Ok(()))).collect();
    answers.extend(answer_too_early(told).into_iter().map(|(answer, _)| answer));
}

fn work_of<R>(job: Job<R, NoUpkeep>) -> Option<(Box<WriteSet<R>>, Answer)> {
    match job {
        Job::WriteSet { write_set, answer } => Some((write_set, answer)),
        Job::Upkeep { work, .. } => match work {},
        Job::Stop => None,
    }
}
