//! What operators see of every context and its deliveries, and what they do to them: backlogs, dead letters, pausing,
//! the timeline of an aggregate, and what must hold after any fault.
//!
//! Deliberately not here: a database (each question is a port), how events are delivered (`event_delivery`), and what a
//! context does. Who may call it is the caller's policy.

pub mod actions;
pub mod age;
pub mod all_contexts;
pub mod in_memory;
pub mod invariants;
pub mod operator_command;
pub mod reason;
pub mod records;
pub mod status;
pub mod timeline;
pub mod traces;

pub use all_contexts::Operations;
pub use invariants::{ContextInvariants, InvariantCheck, doctor::Doctor};
pub use operator_command::OperatorCommand;
pub use timeline::{ConsumerDescription, Timeline, Timelines};
pub use traces::{ContextTraces, ReachedPosition, TracedEvent};

use async_trait::async_trait;
use message_bus::Unavailable;
use shared_kernel::Timestamp;

use actions::{ActionOutcome, OperatorAction};
use records::{ConsumerBacklog, DeliveryKey, DeliveryRecord, DeliverySummary};

/// A context's backlog.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Events that not every consumer has applied or stored yet.
    pub unpublished: u64,
    /// When the first of these happened.
    pub oldest_unpublished_at: Option<Timestamp>,
    /// Its consumers' deliveries in state retrying or waiting.
    pub unfinished: u64,
}

impl Backlog {
    /// Whether nothing is left to do.
    pub const fn is_empty(&self) -> bool {
        self.unpublished == 0 && self.unfinished == 0
    }
}

/// How many batches were committed, by how many write sets they carried. A batch without any is upkeep, and not counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BatchSizes {
    /// For each of [`Self::BOUNDS`]: the batches that are no larger than it, and larger than the bound before it.
    pub counts: [u64; Self::BOUNDS.len()],
    /// The write sets in all of them.
    pub write_sets: u64,
}

impl BatchSizes {
    /// The sizes at which one count ends and the next begins, in write sets.
    pub const BOUNDS: [u64; 10] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512];

    /// Counts a batch of this size. One that is larger than all bounds counts with the last.
    pub fn add(&mut self, write_sets: u64) {
        if write_sets == 0 {
            return;
        }
        let smaller = Self::BOUNDS.iter().filter(|bound| **bound < write_sets).count();
        if let Some(count) = self.counts.get_mut(smaller.min(Self::BOUNDS.len() - 1)) {
            *count += 1;
        }
        self.write_sets += write_sets;
    }

    /// How many batches there were.
    pub fn batches(&self) -> u64 {
        self.counts.iter().sum()
    }
}

/// What this process committed to a context, and what waits to be committed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Commits {
    /// The batches so far.
    pub batches: BatchSizes,
    /// Write sets, and upkeep, that wait for the next batch.
    pub queued: u64,
}

/// A context, as operators see it.
#[async_trait]
pub trait ContextOperations: Send + Sync {
    /// Its name.
    fn context(&self) -> &'static str;

    /// What was committed and what waits. Asks no database.
    fn commits(&self) -> Commits;

    /// How far the clock that its database uses has jumped ahead of lived time, in seconds, as this process last found it; negative when it was
    /// set back, 0 when it has not jumped. Asks no database.
    fn clock_jump_seconds(&self) -> i64;

    /// What is left to do.
    ///
    /// # Errors
    /// [`Unavailable`] when its database does not answer.
    async fn backlog(&self) -> Result<Backlog, Unavailable>;

    /// Whether it can serve: its database answers and writes are being taken. Then, when the first of its unpublished events happened. What it costs
    /// does not grow with what is stored or pending.
    ///
    /// # Errors
    /// [`Unavailable`], with the reason.
    async fn readiness(&self) -> Result<Option<Timestamp>, Unavailable>;

    /// The pending deliveries of each consumer that ever began, by name.
    ///
    /// # Errors
    /// [`Unavailable`] when its database does not answer.
    async fn consumers(&self) -> Result<Vec<ConsumerBacklog>, Unavailable>;

    /// Its dead letters, the longest held first: at most `limit`, from behind `after`, which is a dead letter's own place in that order.
    ///
    /// # Errors
    /// [`Unavailable`] when its database does not answer.
    async fn dead_letters(
        &self,
        after: Option<(Timestamp, DeliveryKey)>,
        limit: u32,
    ) -> Result<Vec<DeliverySummary>, Unavailable>;

    /// All that is stored about one pending delivery, whatever its state.
    ///
    /// # Errors
    /// [`Unavailable`] when its database does not answer.
    async fn delivery(&self, key: &DeliveryKey) -> Result<Option<DeliveryRecord>, Unavailable>;

    /// Does what an operator asks for, and records who asked for it and why, in one transaction. An action that was not done is not recorded.
    ///
    /// # Errors
    /// [`Unavailable`] when its database does not answer.
    async fn act(&self, action: &OperatorAction) -> Result<ActionOutcome, Unavailable>;

    /// What operators did, the latest first: at most `limit`.
    ///
    /// # Errors
    /// [`Unavailable`] when its database does not answer.
    async fn actions(&self, limit: u32) -> Result<Vec<OperatorAction>, Unavailable>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_counts_with_the_first_bound_that_it_does_not_exceed() {
        let mut sizes = BatchSizes::default();
        for size in [0, 1, 2, 3, 4, 512, 513] {
            sizes.add(size);
        }
        assert_eq!(sizes.counts, [1, 1, 2, 0, 0, 0, 0, 0, 0, 2]);
        assert_eq!(
            (sizes.batches(), sizes.write_sets),
            (6, 1 + 2 + 3 + 4 + 512 + 513)
        );
    }
}
