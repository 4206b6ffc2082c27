//! A task that commits batch after batch on a connection of its own. A context has a few of them, so that one collects while
//! another waits for the disk.

mod attempt;

use std::{collections::HashMap, sync::Arc, time::Duration};

use message_bus::{CommitError, Unavailable, WriteSet};
use tokio::sync::{Mutex, watch};
use uuid::Uuid;

use self::attempt::Failure;
use crate::{
    committing::{
        commit_queue::{Batches, Job},
        commit_state::{Answer, CommitState, refuse_all},
        postgres::batch::{NotWritten, explained, split_off},
    },
    event_log::postgres::lease::Lease,
    opening::postgres::server::Link,
    postgres::{
        PostgresRows, PostgresServer,
        errors::{ATTEMPTS, Refused, was_in_the_way},
    },
};

/// Nothing but write sets comes through the queue here: upkeep has a connection of its own.
pub(crate) type NoUpkeep = std::convert::Infallible;

/// The server answers a COMMIT sooner, or says an error; a network that carries nothing says neither.
pub(crate) const COMMIT_PATIENCE: Duration = Duration::from_secs(10);

/// A committer's own state.
pub(crate) struct Committer {
    pub(crate) id: Uuid,
    pub(crate) server: PostgresServer,
    pub(crate) schema: &'static str,
    pub(crate) state: Arc<CommitState>,
    pub(crate) lease: watch::Receiver<Option<Lease>>,
    pub(crate) link: Option<Link>,
    /// The number of the present batch, which is in this committer's own row once the batch is committed.
    pub(crate) batch: i64,
    /// How long a COMMIT is waited for, before it is looked up on another connection what became of it.
    pub(crate) commit_patience: Duration,
}

/// Waiting write sets, each with the channel for its outcome.
type Waiting<R> = Vec<(Box<WriteSet<R>>, Answer)>;

impl Committer {
    /// Commits batch after batch until it has to stop.
    pub(crate) async fn run<R: PostgresRows>(mut self, batches: Arc<Mutex<Batches<R, NoUpkeep>>>) {
        loop {
            let batch = batches.lock().await.next().await;
            let Some(batch) = batch else { return };
            self.commit_all(batch.into_iter().filter_map(work_of).collect())
                .await;
        }
    }

    /// Commits these, in as few transactions as can be.
    pub(crate) async fn commit_all<R: PostgresRows>(&mut self, mut waiting: Waiting<R>) {
        while !waiting.is_empty() {
            let [now, later] = split_off(waiting);
            let mut parts = vec![now];
            while let Some(part) = parts.pop() {
                parts.extend(self.commit(part).await);
            }
            waiting = later;
        }
    }

    /// Commits a batch and answers its callers. If an error may be due to any of them, no caller is answered yet and both halves are
    /// returned, the second first: in the end the one that it is due to is alone, and every transaction takes its rows in one order.
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

    /// Answers the write set that was refused when it was written alone.
    async fn tell_refused<R>(&self, alone: Waiting<R>, error: CommitError) {
        let Some((write_set, answer)) = alone.into_iter().next() else {
            return;
        };
        let error = match &self.link {
            None => error,
            Some(link) => explained(&link.connection, &write_set, error)
                .await
                .unwrap_or_else(|error| Unavailable::Dependency(Box::new(error)).into()),
        };
        answer.tell(Err(error));
    }
}

/// Answers the refused ones, by their places in the batch, and returns the remaining ones.
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

/// Answers all of them with this error, and returns nothing more to do.
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

fn work_of<R>(job: Job<R, NoUpkeep>) -> Option<(Box<WriteSet<R>>, Answer)> {
    match job {
        Job::WriteSet { write_set, answer } => Some((write_set, answer)),
        Job::Upkeep { work, .. } => match work {},
        Job::Stop => None,
    }
}
