//! What a committer shares with its context: marks, who takes what, and figures.

use std::{
    collections::HashSet,
    sync::{Mutex, MutexGuard, OnceLock, PoisonError},
};

use message_bus::{Audience, BatchSizes};
use tokio::sync::Notify;

use crate::WriteSet;

/// What a committer did so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CommitStatistics {
    /// Transactions committed that carried at least one write set.
    pub commits: u64,
    /// Write sets committed.
    pub write_sets: u64,
}

/// What a committer shares with its context.
#[derive(Default)]
pub(crate) struct Shared {
    /// Published events that are not marked yet.
    pub(crate) marks: Mutex<Vec<i64>>,
    /// The event types that some consumer takes.
    pub(crate) taken: OnceLock<HashSet<&'static str>>,
    /// Told of each commit that may have left something to publish.
    pub(crate) committed: Notify,
    batches: Mutex<BatchSizes>,
}

impl Shared {
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

    /// Whether some consumer takes events of this type. As long as nobody has said who takes what, all are.
    pub(super) fn takes(&self, event_type: &str) -> bool {
        self.taken.get().is_none_or(|taken| taken.contains(event_type))
    }

    /// Whether some event of a write set is left for the relay.
    pub(super) fn is_to_be_published<R>(&self, write_set: &WriteSet<R>) -> bool {
        let mut delivered = write_set
            .events
            .iter()
            .filter(|event| event.audience == Audience::Delivered);
        delivered.any(|event| self.takes(&event.envelope.event_type))
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
