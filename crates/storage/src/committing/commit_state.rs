//! What a context's committers share with its other parts, on any engine.

use std::{
    collections::HashSet,
    sync::{
        Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use message_bus::{Audience, CommitError, Unavailable, WriteSet};
use operations::BatchSizes;
use tokio::sync::{Notify, oneshot};
use tracing::{Span, field};

/// The channel for the outcome of a job.
pub(crate) struct Answer {
    caller: oneshot::Sender<Result<(), CommitError>>,
    /// The caller's wait for it.
    span: Span,
}

impl Answer {
    /// An answer for the caller that waits in `span`, and the receiver of it.
    pub(crate) fn awaited_in(span: Span) -> (Self, oneshot::Receiver<Result<(), CommitError>>) {
        let (caller, answered) = oneshot::channel();
        (Self { caller, span }, answered)
    }

    /// Whether the caller still waits for it.
    pub(crate) fn is_awaited(&self) -> bool {
        !self.caller.is_closed()
    }

    /// Sends the outcome. If the caller has gone, that changes nothing about what was done.
    pub(crate) fn tell(self, outcome: Result<(), CommitError>) {
        if let Err(error) = &outcome {
            self.span.record("error", field::display(error));
        }
        // An error means that the caller has gone.
        let _ = self.caller.send(outcome);
    }

    /// The same, for a transaction of so many write sets.
    pub(crate) fn tell_in_batch(self, outcome: Result<(), CommitError>, write_sets: usize) {
        self.span.record("write_sets", write_sets);
        self.tell(outcome);
    }
}

/// What a context's committers did so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CommitStatistics {
    /// Transactions committed that carried at least one write set.
    pub commits: u64,
    /// Write sets committed.
    pub write_sets: u64,
}

/// What committers share with their context.
#[derive(Default)]
pub(crate) struct CommitState {
    /// Published events that are not marked yet.
    marks: Mutex<Vec<i64>>,
    /// The event types that some consumer takes.
    pub(crate) taken: OnceLock<HashSet<&'static str>>,
    /// Notified of each commit that may have left something to publish.
    pub(crate) committed: Notify,
    batches: Mutex<BatchSizes>,
    /// Whether the last batch that had something to write was refused for lack of room.
    full: AtomicBool,
}

impl CommitState {
    /// What was done so far.
    pub(crate) fn statistics(&self) -> CommitStatistics {
        let batches = self.batches();
        CommitStatistics {
            commits: batches.batches(),
            write_sets: batches.write_sets,
        }
    }

    /// The batches so far.
    pub(crate) fn batches(&self) -> MutexGuard<'_, BatchSizes> {
        lock(&self.batches)
    }

    /// Whether the last batch that had something to write was refused for lack of room.
    pub(crate) fn is_full(&self) -> bool {
        self.full.load(Ordering::Relaxed)
    }

    /// Notes whether there was room for a batch. Says whether that is news.
    pub(crate) fn note_full(&self, full: bool) -> bool {
        self.full.swap(full, Ordering::Relaxed) != full
    }

    /// Whether some consumer takes events of this type. Until the types are set, every type counts as taken.
    pub(crate) fn takes(&self, event_type: &str) -> bool {
        self.taken.get().is_none_or(|taken| taken.contains(event_type))
    }

    /// Whether some event of a write set is left for the relay.
    pub(crate) fn is_to_be_published<R>(&self, write_set: &WriteSet<R>) -> bool {
        write_set
            .events
            .iter()
            .any(|(envelope, audience)| *audience == Audience::Delivered && self.takes(&envelope.event_type))
    }

    /// The marks that wait for a batch.
    pub(crate) fn marks(&self) -> MutexGuard<'_, Vec<i64>> {
        lock(&self.marks)
    }
}

/// Nothing panics while these locks are held, so a poisoned one is as good as any.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Answers every job with an error, because nothing was done.
pub(crate) fn refuse_all(answers: Vec<Answer>, why: impl Fn() -> Unavailable) {
    for answer in answers {
        answer.tell(Err(why().into()));
    }
}
