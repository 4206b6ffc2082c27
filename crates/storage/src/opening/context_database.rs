//! A context's database on any engine, as the process that runs the contexts uses it.

use std::{collections::HashSet, time::Duration};

use async_trait::async_trait;
use event_delivery::{DeliveryStore, EventLog};
use message_bus::{Beginning, Consumer, Unavailable};
use operations::{ContextInvariants, invariants::RecordedBeginning};
use shared_kernel::Timestamp;

use crate::CommitStatistics;

/// How many rows are deleted at a time, so that no commit waits long for it.
const FORGOTTEN_AT_ONCE: u32 = 500;
/// How often that is repeated in one pass.
const COMMITS_IN_A_PASS: u32 = 10;

/// A context's database.
#[async_trait]
pub trait ContextDatabase: EventLog + DeliveryStore + ContextInvariants {
    /// Sets which event types consumers take, before anything is committed: events of all others are published as they are
    /// written. Until it is called, every event waits for a relay. Only the first call counts.
    fn consumers_take(&self, event_types: HashSet<&'static str>);

    /// Records where a consumer of this context begins. The first record is kept.
    async fn record_beginning(
        &self,
        consumer: &'static str,
        source: &'static str,
        begins_after: i64,
    ) -> Result<(), Unavailable>;

    /// Records that a consumer of this context takes this log's events from its first one on.
    async fn begin_with_the_first(&self, consumer: &'static str) -> Result<(), Unavailable>;

    /// Makes published events of these types up to a sequence unpublished again. Returns how many they are.
    async fn publish_again_up_to(&self, event_types: Vec<String>, sequence: i64) -> Result<u64, Unavailable>;

    /// Adds the time since this was last called to the lived time; a serving process calls it again and again. Where several processes serve one
    /// database, only the one that relays counts. `longest_kept` is the longest time that anything is kept. Returns whether the clock has jumped:
    /// the server's on PostgreSQL, else the machine's.
    async fn live_on(&self, longest_kept: Duration) -> Result<Option<ClockJump>, Unavailable>;

    /// Deletes some of what ended more than `kept` of lived time ago, the oldest first, and reads at most `limit` rows. Returns how many were
    /// deleted.
    async fn forget_some(&self, what: Forgettable, kept: Duration, limit: u32) -> Result<u64, Unavailable>;

    /// Commits what is queued and closes the connections. Returns what was committed in all.
    async fn close(&self) -> CommitStatistics;

    /// Records where `consumer`, of this context, begins in the log of its source, unless that was recorded
    /// before, and returns after which sequence that is.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn begin_consumer(
        &self,
        consumer: &Consumer,
        source: &dyn ContextDatabase,
    ) -> Result<i64, Unavailable> {
        if let Some(beginning) = self.beginning_of(consumer.name()).await? {
            return self.make_good_what_was_skipped(consumer, source, beginning).await;
        }
        let begins_after = match consumer.beginning() {
            Beginning::Now => source.last_sequence().await?,
            Beginning::StartOfTheLog => {
                // Before the record is written: if the process dies in between, this is done again, which changes nothing.
                let event_types = consumer.event_types().map(str::to_owned).collect();
                source.publish_again(event_types).await?;
                0
            }
        };
        self.record_beginning(consumer.name(), consumer.source(), begins_after)
            .await?;
        // Another process that started at the same time may have recorded another beginning first.
        let recorded = self.beginning_of(consumer.name()).await?;
        Ok(recorded.map_or(begins_after, |recorded| recorded.begins_after))
    }

    /// Earlier versions let retention empty an event log, and SQLite, or a PostgreSQL server that it was copied to, then numbered the next
    /// events from 1 again. A consumer that had begun after a higher number skipped them. Where that happened, the consumer takes
    /// the log from its first event on, and the skipped events are published again. Its positions record what it has applied meanwhile: an
    /// event is skipped for good only if the consumer has applied a later one of the same aggregate.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn make_good_what_was_skipped(
        &self,
        consumer: &Consumer,
        source: &dyn ContextDatabase,
        beginning: RecordedBeginning,
    ) -> Result<i64, Unavailable> {
        let begins_after = beginning.begins_after;
        if begins_after == 0 || !source.began_again_since(beginning).await? {
            return Ok(begins_after);
        }
        let event_types = consumer.event_types().map(str::to_owned).collect();
        // Before the record is changed: if the process dies in between, this is done again, which changes nothing.
        let skipped = source.publish_again_up_to(event_types, begins_after).await?;
        self.begin_with_the_first(consumer.name()).await?;
        tracing::warn!(
            consumer = consumer.name(),
            source = consumer.source(),
            began_after = begins_after,
            published_again = skipped,
            "the event log had been numbered from 1 again; events that the consumer skipped are published again"
        );
        Ok(0)
    }

    /// Deletes what ended more than `kept` of lived time ago, at most as much as one pass may.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn forget(&self, what: Forgettable, kept: Duration) -> Result<Forgotten, Unavailable> {
        for _ in 0..COMMITS_IN_A_PASS {
            if self.forget_some(what, kept, FORGOTTEN_AT_ONCE).await? == 0 {
                return Ok(Forgotten::All);
            }
        }
        Ok(Forgotten::APart)
    }
}

/// What is kept for a limited time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forgettable {
    /// Commands that their callers may repeat, since they were recorded.
    Commands,
    /// Deliveries that had a row, with their attempts, since they were done or discarded.
    Deliveries,
    /// Events, since they were published. That the log was pruned, and how far, is recorded.
    Events,
}

/// How far a pass came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Forgotten {
    /// Nothing is left that is old enough.
    All,
    /// There may be more.
    APart,
}

/// The clock is far from where it is expected by lived time. It may be wrong now, it may have been wrong before, or the installation was off in
/// between: nothing is deleted because of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockJump {
    /// What the clock shows.
    pub clock: Timestamp,
    /// What it would show without a jump, and without a time when the installation was off.
    pub expected: Timestamp,
}
