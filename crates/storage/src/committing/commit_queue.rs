//! The bounded queue in front of a context's committer.
//!
//! Callers queue a job and wait for its answer. The committer takes all jobs that wait, without lingering for
//! more, and commits them together. The queue owns its jobs: a caller that disconnects changes nothing.

use message_bus::{CommitError, Unavailable, WriteSet};
use tokio::sync::{mpsc, oneshot};
use tracing::{Instrument, Span, debug_span, field};

use crate::committing::commit_state::Answer;

/// How many jobs may wait. More are refused, to be retried later: this is a second's worth of work at full load.
const CAPACITY: usize = 8192;
/// How many jobs one transaction may carry, so that the first in a batch does not wait for thousands.
const LARGEST_BATCH: usize = 512;
/// After how many seconds a caller should retry when the queue is full.
const RETRY_AFTER_SECONDS: u32 = 1;

/// A job of the committer; `H` is work of the engine's own (an upkeep of positions, marks and the like).
pub(crate) enum Job<R, H> {
    /// A command's write set.
    WriteSet {
        write_set: Box<WriteSet<R>>,
        answer: Answer,
    },
    /// Upkeep, committed along with the batch.
    Upkeep { work: H, answer: Answer },
    /// Finish what was queued before, then stop.
    Stop,
}

/// The callers' end.
pub(crate) struct CommitQueue<R, H> {
    sender: mpsc::Sender<Job<R, H>>,
}

impl<R, H> Clone for CommitQueue<R, H> {
    fn clone(&self) -> Self {
        Self {
            sender: self.sender.clone(),
        }
    }
}

/// The committer's end.
pub(crate) struct Batches<R, H> {
    receiver: mpsc::Receiver<Job<R, H>>,
}

/// A new queue.
pub(crate) fn commit_queue<R, H>() -> (CommitQueue<R, H>, Batches<R, H>) {
    let (sender, receiver) = mpsc::channel(CAPACITY);
    (CommitQueue { sender }, Batches { receiver })
}

impl<R, H> CommitQueue<R, H> {
    /// Queues a write set and waits until it is committed, or is not.
    pub(crate) async fn commit(&self, write_set: WriteSet<R>) -> Result<(), CommitError> {
        // A batch belongs to many callers: each has a span for its own wait, and none has one for the transaction.
        let span = debug_span!("commit", write_sets = field::Empty, error = field::Empty);
        let (answer, answered) = Answer::awaited_in(span.clone());
        let write_set = Box::new(write_set);
        self.put(Job::WriteSet { write_set, answer }, answered)
            .instrument(span)
            .await
    }

    /// Queues upkeep and waits until it is committed, or is not.
    pub(crate) async fn upkeep(&self, work: H) -> Result<(), CommitError> {
        let (answer, answered) = Answer::awaited_in(Span::none());
        self.put(Job::Upkeep { work, answer }, answered).await
    }

    /// Makes the committer finish what is queued and stop. Waits for a place in the queue if it must.
    pub(crate) async fn stop(&self) {
        // An error means that the committer has stopped already.
        let _ = self.sender.send(Job::Stop).await;
    }

    /// How many jobs wait.
    pub(crate) fn depth(&self) -> usize {
        self.sender.max_capacity() - self.sender.capacity()
    }

    async fn put(
        &self,
        job: Job<R, H>,
        answered: oneshot::Receiver<Result<(), CommitError>>,
    ) -> Result<(), CommitError> {
        self.sender.try_send(job).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Unavailable::Busy {
                retry_after_seconds: RETRY_AFTER_SECONDS,
            },
            mpsc::error::TrySendError::Closed(_) => stopped(),
        })?;
        answered.await.unwrap_or_else(|_| Err(stopped().into()))
    }
}

fn stopped() -> Unavailable {
    Unavailable::dependency("the store is shutting down")
}

impl<R, H> Batches<R, H> {
    /// Blocks until there is work, then takes all jobs that wait, up to the largest batch. `None` when the
    /// committer is to stop.
    pub(crate) fn next_blocking(&mut self) -> Option<Vec<Job<R, H>>> {
        let first = self.receiver.blocking_recv();
        self.take_the_rest(first?)
    }

    /// The same, for a committer that is a task.
    pub(crate) async fn next(&mut self) -> Option<Vec<Job<R, H>>> {
        let first = self.receiver.recv().await;
        self.take_the_rest(first?)
    }

    fn take_the_rest(&mut self, first: Job<R, H>) -> Option<Vec<Job<R, H>>> {
        if matches!(first, Job::Stop) {
            self.receiver.close();
            return None;
        }
        let mut batch = vec![first];
        while batch.len() < LARGEST_BATCH {
            match self.receiver.try_recv() {
                Ok(Job::Stop) => {
                    // The present batch is committed first; later jobs are refused because the store stops.
                    self.receiver.close();
                    break;
                }
                Ok(job) => batch.push(job),
                Err(_) => break,
            }
        }
        Some(batch)
    }
}
