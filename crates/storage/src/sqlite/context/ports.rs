//! What the bus and the relay ask of a context's database.

use std::{
    collections::HashSet,
    sync::{Arc, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use message_bus::{
    Backlog, CommandLog, Commits, ContextOperations, Delivery, DeliveryStore, HeldDelivery, Recorded, Replay,
    Standing, Unavailable,
};
use shared_kernel::{Timestamp, Version};
use tokio::sync::oneshot;
use uuid::Uuid;

use super::SqliteContext;
use crate::{
    CommitStatistics, ContextDatabase, EventLog, History, LoggedEvent,
    held_row::HeldRow,
    sqlite::{SqliteRows, command_log, deliveries, event_log},
};

/// How long marks of published events wait for a batch to ride on.
const MARKS_WAIT: Duration = Duration::from_millis(50);

#[async_trait]
impl<R: SqliteRows> EventLog for SqliteContext<R> {
    fn source(&self) -> &'static str {
        self.inner.name
    }

    async fn may_relay(&self) -> Result<bool, Unavailable> {
        // One process serves a folder; a lock on it sees to that.
        Ok(true)
    }

    async fn unpublished(&self, limit: u32) -> Result<Vec<LoggedEvent>, Unavailable> {
        let source = self.inner.name;
        self.read(move |connection| event_log::unpublished(connection, source, limit))
            .await
    }

    async fn history(
        &self,
        aggregate_type: String,
        aggregate_id: Uuid,
        version: Version,
    ) -> Result<History, Unavailable> {
        self.read(move |connection| event_log::history(connection, &aggregate_type, aggregate_id, version))
            .await
    }

    fn mark_published(&self, sequences: Vec<i64>) {
        let first = {
            let mut marks = self.inner.shared.marks();
            let first = marks.is_empty();
            marks.extend(sequences);
            first
        };
        if first {
            let queue = self.inner.queue.clone();
            let shared = Arc::clone(&self.inner.shared);
            tokio::spawn(async move {
                tokio::time::sleep(MARKS_WAIT).await;
                if !shared.marks().is_empty() {
                    // Any job makes a batch, and a batch takes the marks along. A failure leaves them for the next one.
                    let _ = queue.upkeep(Box::new(|_| Ok(()))).await;
                }
            });
        }
    }

    async fn committed(&self) {
        self.inner.shared.committed.notified().await;
    }

    async fn last_sequence(&self) -> Result<i64, Unavailable> {
        self.read(event_log::last_sequence).await
    }

    async fn publish_again(&self, event_types: Vec<String>) -> Result<(), Unavailable> {
        self.upkeep(move |connection| Ok(event_log::publish_again(connection, &event_types)?))
            .await
    }
}

#[async_trait]
impl<R: SqliteRows> DeliveryStore for SqliteContext<R> {
    async fn standing(&self, delivery: &Delivery) -> Result<Standing, Unavailable> {
        let delivery = *delivery;
        self.read(move |connection| deliveries::standing(connection, &delivery))
            .await
    }

    async fn hold(&self, held: &HeldDelivery) -> Result<(), Unavailable> {
        let row = HeldRow::new(held).map_err(Unavailable::defect)?;
        self.upkeep(move |connection| Ok(deliveries::hold(connection, row)?))
            .await
    }

    async fn due(&self, consumer: &'static str, limit: u32) -> Result<Vec<HeldDelivery>, Unavailable> {
        let now = self.inner.clock.now().as_microseconds();
        self.read(move |connection| deliveries::due(connection, consumer, now, limit))
            .await
    }
}

#[async_trait]
impl<R: SqliteRows> CommandLog for SqliteContext<R> {
    async fn recorded(&self, replay: &Replay) -> Result<Recorded, Unavailable> {
        let replay = replay.clone();
        self.read(move |connection| Ok(command_log::find(connection, &replay)?))
            .await
    }
}

#[async_trait]
impl<R: SqliteRows> ContextOperations for SqliteContext<R> {
    fn context(&self) -> &'static str {
        self.inner.name
    }

    fn commits(&self) -> Commits {
        Commits {
            batches: *self.inner.shared.batches(),
            queued: self.inner.queue.depth() as u64,
        }
    }

    async fn backlog(&self) -> Result<Backlog, Unavailable> {
        self.read(|connection| {
            Ok(Backlog {
                unpublished: event_log::count_unpublished(connection)?,
                oldest_unpublished_at: event_log::oldest_unpublished_at(connection)?,
                unfinished: deliveries::count_unfinished(connection)?,
            })
        })
        .await
    }

    async fn readiness(&self) -> Result<(), Unavailable> {
        self.read(event_log::last_sequence).await?;
        self.upkeep(|_| Ok(())).await
    }
}

#[async_trait]
impl<R: SqliteRows> ContextDatabase for SqliteContext<R> {
    fn consumers_take(&self, event_types: HashSet<&'static str>) {
        // An error says that it was said before.
        let _ = self.inner.shared.taken.set(event_types);
    }

    async fn recorded_beginning(&self, consumer: &'static str) -> Result<Option<i64>, Unavailable> {
        self.read(move |connection| deliveries::begins_after(connection, consumer))
            .await
    }

    async fn record_beginning(
        &self,
        consumer: &'static str,
        source: &'static str,
        begins_after: i64,
    ) -> Result<(), Unavailable> {
        let now = self.inner.clock.now().as_microseconds();
        self.upkeep(move |connection| {
            Ok(deliveries::begin(
                connection,
                consumer,
                source,
                begins_after,
                now,
            )?)
        })
        .await
    }

    async fn forget_some_commands_before(&self, time: Timestamp, limit: u32) -> Result<u64, Unavailable> {
        let (count, counted) = oneshot::channel();
        self.upkeep(move |connection| {
            let forgotten = command_log::forget_before(connection, time.as_microseconds(), i64::from(limit))?;
            // An error says that the caller has gone, and so nobody counts.
            let _ = count.send(forgotten);
            Ok(())
        })
        .await?;
        Ok(counted.await.unwrap_or(0) as u64)
    }

    async fn close(&self) -> CommitStatistics {
        self.inner.queue.stop().await;
        let thread = self
            .inner
            .committer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread {
            // It folds the log into the file, too.
            let joined = tokio::task::spawn_blocking(move || thread.join()).await;
            if !matches!(joined, Ok(Ok(()))) {
                tracing::error!(context = self.inner.name, "the committer ended in a panic");
            }
        }
        self.statistics()
    }
}
