//! The ports of a context's database for the bus and the relay.

use std::{path::Path, sync::Arc, time::Duration};

use async_trait::async_trait;
use event_delivery::{
    Attempt, AttemptEnd, ConsumerProgress, DeliveryState, DeliveryStore, EventLog, History, LoggedEvent,
    Missing, PendingDelivery,
};
use futures_util::FutureExt;
use message_bus::{CommandLog, Delivery, Recorded, Replay, Unavailable};
use shared_kernel::{Timestamp, Version};
use uuid::Uuid;

use super::SqliteContext;
use crate::{
    ContextDatabase,
    committing::sqlite::command_log,
    delivering::{
        consumer_positions, pending_deliveries,
        pending_delivery_row::{PendingDeliveryRow, row_time},
        sqlite::delivery_updates,
    },
    event_log::{log_state, sqlite as event_log},
    opening::{context::Engine, sqlite::installation_id},
    sqlite::{InstallationFile, SqliteRows},
};

/// How long marks of published events wait for a batch.
const MARKS_WAIT: Duration = Duration::from_millis(50);

#[async_trait]
impl<R: SqliteRows> EventLog for SqliteContext<R> {
    fn source(&self) -> &'static str {
        self.inner.name
    }

    async fn may_relay(&self) -> Result<bool, Unavailable> {
        // One process serves a folder; its lock ensures that.
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
                    // Any job makes a batch, and a batch writes the marks. After a failure they wait for the next one.
                    let _ = queue.upkeep(Box::new(|_| Ok(()))).await;
                }
            });
        }
    }

    async fn committed(&self) {
        self.inner.shared.committed.notified().await;
    }

    async fn last_sequence(&self) -> Result<i64, Unavailable> {
        self.inner
            .ask(|connection| log_state::last_sequence(connection).boxed())
            .await
    }

    async fn publish_again(&self, event_types: Vec<String>) -> Result<(), Unavailable> {
        self.publish_again_up_to(event_types, i64::MAX).await?;
        Ok(())
    }

    async fn republish_gap(&self, missing: Missing) -> Result<bool, Unavailable> {
        self.upkeep(move |connection| Ok(event_log::republish_gap(connection, &missing)?))
            .await
    }
}

#[async_trait]
impl<R: SqliteRows> DeliveryStore for SqliteContext<R> {
    async fn progress(&self, delivery: &Delivery) -> Result<ConsumerProgress, Unavailable> {
        let delivery = *delivery;
        self.inner
            .ask(move |connection| consumer_positions::progress(connection, delivery).boxed())
            .await
    }

    async fn hold(&self, pending: &PendingDelivery, attempt: Option<&Attempt>) -> Result<(), Unavailable> {
        let row = PendingDeliveryRow::new(pending).map_err(Unavailable::defect)?;
        let attempt = attempt.cloned();
        self.upkeep(move |connection| Ok(delivery_updates::hold(connection, row, attempt)?))
            .await
    }

    async fn begin_attempt(
        &self,
        pending: &PendingDelivery,
        began_at: Timestamp,
        again_at: Timestamp,
    ) -> Result<bool, Unavailable> {
        let (delivery, attempts) = (pending.delivery, pending.attempts);
        self.upkeep(move |connection| {
            let begun = delivery_updates::begin_attempt(connection, &delivery, attempts, began_at, again_at);
            Ok(begun?)
        })
        .await
    }

    async fn end_attempt(
        &self,
        delivery: &Delivery,
        number: u32,
        end: &AttemptEnd,
    ) -> Result<(), Unavailable> {
        let (delivery, end) = (*delivery, end.clone());
        self.upkeep(move |connection| {
            Ok(delivery_updates::end_attempt(
                connection, &delivery, number, &end,
            )?)
        })
        .await
    }

    async fn mark_outcome(
        &self,
        pending: &PendingDelivery,
        at: Timestamp,
        state: DeliveryState,
        error: Option<&str>,
    ) -> Result<(), Unavailable> {
        let (delivery, attempts, error) = (pending.delivery, pending.attempts, error.map(str::to_owned));
        self.upkeep(move |connection| {
            let error = error.as_deref();
            Ok(delivery_updates::mark_outcome(
                connection, &delivery, attempts, at, state, error,
            )?)
        })
        .await
    }

    async fn due(
        &self,
        consumer: &'static str,
        longest_wait: Duration,
        limit: u32,
    ) -> Result<Vec<PendingDelivery>, Unavailable> {
        let now = row_time(self.inner.clock.now());
        self.inner
            .ask(move |connection| {
                pending_deliveries::due(connection, consumer, now, longest_wait, limit).boxed()
            })
            .await
    }

    async fn gaps(
        &self,
        consumer: &'static str,
        held_before: Timestamp,
        limit: u32,
    ) -> Result<Vec<PendingDelivery>, Unavailable> {
        let held_before = row_time(held_before);
        self.inner
            .ask(move |connection| pending_deliveries::gaps(connection, consumer, held_before, limit).boxed())
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
impl<R: SqliteRows> InstallationFile for SqliteContext<R> {
    fn file(&self) -> &Path {
        self.inner.file.path()
    }

    fn installation(&self) -> Option<Uuid> {
        self.inner.file.installation()
    }

    async fn belong_to(&self, installation: Uuid) -> Result<Uuid, Unavailable> {
        let recorded = self
            .upkeep(move |connection| {
                installation_id::record(connection, installation)?;
                Ok(installation_id::read(connection)?)
            })
            .await?;
        let recorded = recorded.unwrap_or(installation);
        self.inner.file.belongs_to(recorded);
        Ok(recorded)
    }
}
