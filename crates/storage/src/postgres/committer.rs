//! A task that commits batch after batch on a connection of its own. A context has a few of them, so that one collects while
//! another waits for the disk.

use std::{collections::HashMap, sync::Arc, time::Duration};

use diesel::{
    result::Error as DieselError,
    sql_types::{BigInt, Uuid as PgUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use message_bus::{CommitError, Unavailable};
use shared_kernel::Clock;
use tokio::sync::{Mutex, watch};
use uuid::Uuid;

use super::{
    BatchStatement, OpenError, PostgresRows, PostgresServer,
    batch::{NotWritten, explained, split_off, write_together},
    errors::{ATTEMPTS, Refused, was_in_the_way},
    event_log,
    lease::Lease,
    server::Link,
    transaction::{NotCommitted, commit},
};
#[cfg(debug_assertions)]
use crate::commit_state::answer_too_early;
use crate::{
    WriteSet,
    columns::RowId,
    commit_queue::{Batches, Job},
    commit_state::{Answer, CommitState, refuse_all},
};

/// Nothing but write sets comes through the queue here: upkeep has a connection of its own.
pub(super) type NoUpkeep = std::convert::Infallible;

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
    pub(super) clock: Arc<dyn Clock>,
    pub(super) link: Option<Link>,
    /// The number of the batch in hand, which this committer's own row holds once it is committed.
    pub(super) batch: i64,
}

/// Write sets that wait, each with where its outcome is told.
type Waiting<R> = Vec<(Box<WriteSet<R>>, Answer)>;

/// Why a batch is not known to be committed.
enum Failure {
    /// Nothing was written, for a reason that lies in the batch or in what others write.
    NotWritten(NotWritten),
    /// Nothing was written: the server would lose it.
    Unsafe(String),
    /// Nothing was written: the connection broke before COMMIT, or could not be made.
    Lost(Unavailable),
    /// The connection broke in COMMIT.
    InCommit,
    /// The same, and for a long time nobody could say what became of it.
    OutcomeUnknown,
}

impl From<DieselError> for Failure {
    fn from(error: DieselError) -> Self {
        Self::NotWritten(NotWritten::Error(error))
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
    pub(super) async fn commit_all<R: PostgresRows>(&mut self, mut waiting: Waiting<R>) {
        while !waiting.is_empty() {
            let [now, later] = split_off(waiting);
            let mut parts = vec![now];
            while let Some(part) = parts.pop() {
                parts.extend(self.commit(part).await);
            }
            waiting = later;
        }
    }

    /// Makes a connection, and this committer's own row, by which outcomes are looked up.
    pub(super) async fn connect(&self) -> Result<Link, OpenError> {
        let link = self.server.connect(self.schema).await?;
        // Those of processes that ended long ago go; the row of one that has only been idle is made again here.
        diesel::sql_query(
            "WITH forgotten AS (
                 DELETE FROM committers WHERE committer IN (
                     SELECT committer FROM committers WHERE moved_at < now() - interval '30 days' AND committer <> $1
                     ORDER BY committer FOR UPDATE SKIP LOCKED))
             INSERT INTO committers (committer, batch, moved_at) VALUES ($1, 0, now()) ON CONFLICT DO NOTHING",
        )
        .bind::<PgUuid, _>(RowId(self.id))
        .execute(&mut &link.connection)
        .await
        .map_err(|error| OpenError::refused(self.server.name(), &error))?;
        Ok(link)
    }

    /// Commits a batch and tells its callers. When it fails by an error that may be due to any of them, nobody is told yet and both halves
    /// come back, the second first: whoever it is due to is alone in the end, and every transaction takes its rows in one order.
    async fn commit<R: PostgresRows>(&mut self, mut batch: Waiting<R>) -> Vec<Waiting<R>> {
        let mut attempt = 1;
        while !batch.is_empty() {
            let (write_sets, mut answers): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
            let together: Vec<_> = write_sets.iter().map(Box::as_ref).collect();
            let tried = self.try_to_commit(&together, &mut answers).await;
            let Err(failure) = tried else {
                self.tell_committed(&together, answers);
                break;
            };
            batch = write_sets.into_iter().zip(answers).collect();
            match failure {
                Failure::NotWritten(NotWritten::Refused(refused)) => batch = without(batch, refused),
                Failure::NotWritten(NotWritten::Error(error))
                    if attempt < ATTEMPTS && was_in_the_way(&error) =>
                {
                    tracing::debug!(%error, "a batch was in the way of another and is begun again");
                    attempt += 1;
                }
                Failure::Lost(error) if attempt < ATTEMPTS => {
                    tracing::warn!(%error, "a batch is begun again on a new connection");
                    attempt += 1;
                }
                Failure::NotWritten(NotWritten::Error(error)) if was_in_the_way(&error) => {
                    return refuse(batch, &Unavailable::Dependency(Box::new(error)));
                }
                Failure::NotWritten(_) if batch.len() > 1 => {
                    let second = batch.split_off(batch.len() / 2);
                    return vec![second, batch];
                }
                Failure::NotWritten(NotWritten::Error(error)) => match Refused::from(error) {
                    Refused::Passing(_) if attempt < ATTEMPTS => attempt += 1,
                    refused => {
                        self.tell_refused(batch, refused.into_commit_error()).await;
                        break;
                    }
                },
                Failure::NotWritten(NotWritten::Panicked) => {
                    return refuse(batch, &Unavailable::defect("writing panicked"));
                }
                Failure::Unsafe(settings) => return refuse(batch, &Unavailable::dependency(settings)),
                Failure::Lost(error) => return refuse(batch, &error),
                Failure::InCommit | Failure::OutcomeUnknown => {
                    return refuse(batch, &Unavailable::OutcomeUnknown);
                }
            }
        }
        Vec::new()
    }

    fn tell_committed<R>(&self, write_sets: &[&WriteSet<R>], answers: Vec<Answer>) {
        self.state.batches().add(write_sets.len() as u64);
        for answer in answers {
            answer.tell_in_batch(Ok(()), write_sets.len());
        }
        let something_to_publish = write_sets
            .iter()
            .any(|write_set| self.state.is_to_be_published(write_set));
        if something_to_publish {
            self.state.committed.notify_one();
        }
    }

    /// Tells whoever was refused when writing alone.
    async fn tell_refused<R>(&self, alone: Waiting<R>, mut error: CommitError) {
        for (write_set, answer) in alone {
            if let Some(link) = &self.link {
                error = explained(&link.connection, &write_set, error)
                    .await
                    .unwrap_or_else(|error| Unavailable::Dependency(Box::new(error)).into());
            }
            answer.tell(Err(error));
            break;
        }
    }

    /// One transaction. When this fails, nothing was written, unless the failure says that this is not known.
    async fn try_to_commit<R: PostgresRows>(
        &mut self,
        write_sets: &[&WriteSet<R>],
        answers: &mut Vec<Answer>,
    ) -> Result<(), Failure> {
        let link = match self.link.take() {
            Some(link) if !link.has_ended() => link,
            _ => self
                .connect()
                .await
                .map_err(|error| Failure::Lost(Unavailable::dependency(error)))?,
        };
        link.count_use().await;
        self.batch += 1;
        let marks = std::mem::take(&mut *self.state.marks());
        let Err(failure) = self
            .transaction(&link.connection, write_sets, &marks, answers)
            .await
        else {
            self.link = Some(link);
            return Ok(());
        };
        // No mark is lost, and at worst some are made twice.
        self.state.marks().extend(marks);
        match failure {
            Failure::NotWritten(_) | Failure::Unsafe(_) => {
                // If this fails, the connection is gone, and the server undoes what was begun on it.
                match (&link.connection).batch_execute("ROLLBACK").await {
                    Ok(()) => self.link = Some(link),
                    Err(error) => return Err(Failure::Lost(Unavailable::Dependency(Box::new(error)))),
                }
                Err(failure)
            }
            Failure::InCommit => {
                drop(link);
                match tokio::time::timeout(OUTCOME_PATIENCE, self.was_committed()).await {
                    Ok(true) => Ok(()),
                    Ok(false) => Err(Failure::Lost(Unavailable::dependency(
                        "the connection broke before COMMIT",
                    ))),
                    Err(_) => Err(Failure::OutcomeUnknown),
                }
            }
            Failure::Lost(_) | Failure::OutcomeUnknown => Err(failure),
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
    ) -> Result<(), Failure> {
        connection.batch_execute("BEGIN").await?;
        // Both on the way at once: whatever goes wrong with one is undone with the other.
        let (together, moved_on) = futures_util::future::join(
            write_together(connection, write_sets, &self.state),
            self.move_on(connection),
        )
        .await;
        together.map_err(Failure::NotWritten)?;
        moved_on?;
        let lease = *self.lease.borrow();
        if let Some(lease) = lease.filter(|_| !marks.is_empty()) {
            event_log::mark_published(connection, marks, self.clock.now(), lease).await?;
        }
        #[cfg(debug_assertions)]
        answer_before_commit(answers);
        match commit(connection).await {
            Ok(()) => Ok(()),
            Err(NotCommitted::Unsafe(settings)) => Err(Failure::Unsafe(settings)),
            #[cfg(debug_assertions)]
            Err(NotCommitted::Unknown(error)) if crate::canary::gives_broken_commits_up() => {
                Err(Failure::Lost(Unavailable::Dependency(Box::new(error))))
            }
            Err(NotCommitted::Unknown(error)) => {
                tracing::warn!(%error, "a connection broke in COMMIT; the outcome is looked up");
                Err(Failure::InCommit)
            }
        }
    }

    /// Writes the batch's number into this committer's own row.
    async fn move_on(&self, connection: &AsyncPgConnection) -> Result<(), Failure> {
        let moved =
            BatchStatement::new("UPDATE committers SET batch = own.batch, moved_at = now() FROM unnest(")
                .ids([RowId(self.id)])
                .numbers([self.batch])
                .then(") AS own (committer, batch) WHERE committers.committer = own.committer")
                .execute(connection)
                .await?;
        match moved {
            // A process that has been idle for weeks is forgotten; a new connection makes its row again.
            0 => Err(Failure::Lost(Unavailable::dependency(
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

/// Tells those who are refused, by their places, and gives those who remain.
fn without<R>(batch: Waiting<R>, refused: Vec<(usize, CommitError)>) -> Waiting<R> {
    let mut refused: HashMap<usize, CommitError> = refused.into_iter().collect();
    let mut remaining = Vec::with_capacity(batch.len());
    for (place, (write_set, answer)) in batch.into_iter().enumerate() {
        match refused.remove(&place) {
            Some(error) => answer.tell(Err(error)),
            None => remaining.push((write_set, answer)),
        }
    }
    remaining
}

/// Tells all of them that this is why they cannot be served, and leaves nothing to do.
fn refuse<R>(batch: Waiting<R>, error: &Unavailable) -> Vec<Waiting<R>> {
    tracing::warn!(%error, "a batch was not committed");
    let answers = batch.into_iter().map(|(_, answer)| answer).collect();
    refuse_all(answers, || match error {
        Unavailable::OutcomeUnknown => Unavailable::OutcomeUnknown,
        Unavailable::Defect(error) => Unavailable::defect(error),
        error => Unavailable::dependency(error),
    });
    Vec::new()
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
