//! One attempt to commit a batch: a transaction, and its outcome when its connection broke.

use std::time::Duration;

use diesel::{result::Error as DieselError, sql_types::BigInt};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use message_bus::{Unavailable, WriteSet};

use super::Committer;
#[cfg(debug_assertions)]
use crate::canary::{KnownBug, answer_too_early};
use crate::{
    columns::{Id, RowId},
    committing::{
        commit_state::Answer,
        postgres::{
            batch::{NotWritten, write_together},
            transaction::{NotCommitted, commit},
        },
    },
    event_log::postgres as event_log,
    opening::postgres::server::Link,
    operating::{
        lived_time::{STORED_BEFORE, microseconds},
        postgres::lived_time::stamp,
    },
    postgres::{BatchStatement, OpenError, PostgresRows},
};

/// How long an unused committer's row is kept, in lived time.
const KEPT: Duration = Duration::from_hours(30 * 24);
/// How long the outcome of a COMMIT is asked for before callers get the answer that it is unknown.
const OUTCOME_PATIENCE: Duration = Duration::from_secs(60);
/// How long to wait between two questions.
const OUTCOME_PAUSE: Duration = Duration::from_millis(100);

/// Why a batch is not known to be committed.
pub(super) enum Failure {
    /// Nothing was written, because of the batch or of other transactions.
    NotWritten(NotWritten),
    /// Nothing was written: the server would lose it.
    Unsafe(String),
    /// Nothing was written: the connection broke before COMMIT, or could not be made.
    Lost(Unavailable),
    /// The connection broke in COMMIT.
    InCommit,
    /// The same, and the outcome could not be found out for a long time.
    OutcomeUnknown,
}

impl From<DieselError> for Failure {
    fn from(error: DieselError) -> Self {
        Self::NotWritten(NotWritten::Error(error))
    }
}

impl Committer {
    /// One transaction. When this fails, nothing was written, unless the failure is that the outcome is unknown.
    pub(super) async fn try_to_commit<R: PostgresRows>(
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
        // No mark is lost, and at worst some are written twice.
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
        // Both are under way at once: if one fails, the other is undone with it.
        let (together, moved_on) = futures_util::future::join(
            write_together(connection, write_sets, &self.state),
            self.move_on(connection),
        )
        .await;
        together.map_err(Failure::NotWritten)?;
        moved_on?;
        let lease = *self.lease.borrow();
        if let Some(lease) = lease.filter(|_| !marks.is_empty()) {
            event_log::mark_published(connection, marks, lease).await?;
        }
        #[cfg(debug_assertions)]
        answer_before_commit(answers);
        let Ok(committed) = tokio::time::timeout(self.commit_patience, commit(connection)).await else {
            tracing::warn!("a COMMIT was not answered in time; the outcome is looked up");
            return Err(Failure::InCommit);
        };
        match committed {
            Ok(()) => Ok(()),
            Err(NotCommitted::Unsafe(settings)) => Err(Failure::Unsafe(settings)),
            #[cfg(debug_assertions)]
            Err(NotCommitted::Unknown(error)) if KnownBug::GiveBrokenCommitsUp.is_on() => {
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
            // The row of a process that has been idle for weeks was deleted; a new connection writes it again.
            0 => Err(Failure::Lost(Unavailable::dependency(
                "the committer's own row is gone",
            ))),
            _ => Ok(()),
        }
    }

    /// Asks on new connections, until there is an answer, whether the present batch is committed.
    pub(crate) async fn was_committed(&mut self) -> bool {
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
            .bind::<Id, _>(RowId(self.id))
            .load(&mut &link.connection)
            .await
            .map_err(|error| OpenError::refused(self.server.name(), &error))?;
        self.link = Some(link);
        Ok(own.into_iter().next().is_some_and(|own| own.batch >= self.batch))
    }

    /// Makes a connection, and this committer's own row, by which outcomes are looked up.
    pub(crate) async fn connect(&self) -> Result<Link, OpenError> {
        let link = self.server.connect(self.schema).await?;
        // Deletes the rows of processes that ended long ago; an idle process writes its row again here.
        diesel::sql_query(format!(
            "WITH forgotten AS (
                 DELETE FROM committers WHERE committer IN (
                     SELECT committer FROM committers WHERE moved_at < ({STORED_BEFORE}) AND committer <> $2
                     ORDER BY committer FOR UPDATE SKIP LOCKED))
             INSERT INTO committers (committer, batch, moved_at) VALUES ($2, 0, {stamp}) ON CONFLICT DO NOTHING",
            stamp = stamp!(),
        ))
        .bind::<BigInt, _>(microseconds(KEPT))
        .bind::<Id, _>(RowId(self.id))
        .execute(&mut &link.connection)
        .await
        .map_err(|error| OpenError::refused(self.server.name(), &error))?;
        Ok(link)
    }
}

/// The known bug that the kill test must find, when it is switched on.
#[cfg(debug_assertions)]
fn answer_before_commit(answers: &mut Vec<Answer>) {
    let told = answers.drain(..).map(|answer| (answer, Ok(()))).collect();
    answers.extend(answer_too_early(told).into_iter().map(|(answer, _)| answer));
}
