//! The ports of a context's schema for the bus and the relay.

use std::time::Duration;

use async_trait::async_trait;
use event_delivery::{
    Attempt, AttemptEnd, ConsumerProgress, DeliveryState, DeliveryStore, EventLog, History, LoggedEvent,
    Missing, PendingDelivery,
};
use futures_util::FutureExt;
use message_bus::{CommandLog, Delivery, Recorded, Replay, Unavailable};
use shared_kernel::{Timestamp, Version};
use uuid::Uuid;

use super::PostgresContext;
use crate::{
    ContextDatabase,
    committing::postgres::command_log,
    delivering::{
        consumer_positions, pending_deliveries,
        pending_delivery_row::{PendingDeliveryRow, row_time},
        postgres::{
            delivery_updates::{BeginAttempt, EndAttempt, Hold, MarkOutcome},
            delivery_writer::Change,
        },
    },
    event_log::{log_state, postgres as event_log, postgres::lease},
    opening::context::Engine,
    postgres::PostgresRows,
};

/// How long marks of published events wait for a batch.
const MARKS_WAIT: Duration = Duration::from_millis(50);

impl<R: PostgresRows> PostgresContext<R> {
    /// Writes the marks that no batch has written.
    pub(crate) async fn mark_the_rest(&self) {
        let Some(lease) = *self.inner.lease.borrow() else {
            return;
        };
        let marks = std::mem::take(&mut *self.inner.state.marks());
        if marks.is_empty() {
            return;
        }
        let (marked, kept) = (
            self.upkeep(|connection| {
                let marks = marks.clone();
                async move { Ok(event_log::mark_published(&connection, &marks, lease).await?) }
            })
            .await,
            marks,
        );
        if let Err(error) = marked {
            tracing::debug!(%error, "published events are not marked yet");
            self.inner.state.marks().extend(kept);
        }
    }
}

#[async_trait]
impl<R: PostgresRows> EventLog for PostgresContext<R> {
    fn source(&self) -> &'static str {
        self.inner.name
    }

    async fn may_relay(&self) -> Result<bool, Unavailable> {
        let holder = self.inner.holder;
        let taken = self
            .upkeep(|connection| async move { Ok(lease::take(&connection, holder).await?) })
            .await;
        // If the lease cannot be checked, another process may have it by now.
        let lease = *taken.as_ref().unwrap_or(&None);
        self.inner.lease.send_replace(lease);
        taken.map(|lease| lease.is_some())
    }

    async fn unpublished(&self, limit: u32) -> Result<Vec<LoggedEvent>, Unavailable> {
        let source = self.inner.name;
        self.read(|connection| async move { event_log::unpublished(&connection, source, limit).await })
            .await
    }

    async fn history(
        &self,
        aggregate_type: String,
        aggregate_id: Uuid,
        version: Version,
    ) -> Result<History, Unavailable> {
        self.read(|connection| async move {
            event_log::history(&connection, &aggregate_type, aggregate_id, version).await
        })
        .await
    }

    fn mark_published(&self, sequences: Vec<i64>) {
        let first = {
            let mut marks = self.inner.state.marks();
            let first = marks.is_empty();
            marks.extend(sequences);
            first
        };
        if first {
            let context = self.clone();
            tokio::spawn(async move {
                tokio::time::sleep(MARKS_WAIT).await;
                context.mark_the_rest().await;
            });
        }
    }

    async fn committed(&self) {
        self.inner.state.committed.notified().await;
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
        let missing = &missing;
        self.upkeep(|connection| async move { Ok(event_log::republish_gap(&connection, missing).await?) })
            .await
    }
}

#[async_trait]
impl<R: PostgresRows> DeliveryStore for PostgresContext<R> {
    async fn progress(&self, delivery: &Delivery) -> Result<ConsumerProgress, Unavailable> {
        let delivery = *delivery;
        self.inner
            .ask(move |connection| consumer_positions::progress(connection, delivery).boxed())
            .await
    }

    async fn hold(&self, pending: &PendingDelivery, attempt: Option<&Attempt>) -> Result<(), Unavailable> {
        let hold = Hold {
            row: PendingDeliveryRow::new(pending).map_err(Unavailable::defect)?,
            attempt: attempt.cloned(),
        };
        self.inner
            .delivery_writer
            .write(Change::Hold(Box::new(hold)))
            .await?;
        Ok(())
    }

    async fn begin_attempt(
        &self,
        pending: &PendingDelivery,
        began_at: Timestamp,
        again_at: Timestamp,
    ) -> Result<bool, Unavailable> {
        let change = BeginAttempt {
            delivery: pending.delivery,
            attempts: pending.attempts,
            began_at,
            again_at,
        };
        self.inner.delivery_writer.write(Change::Begin(change)).await
    }

    async fn end_attempt(
        &self,
        delivery: &Delivery,
        number: u32,
        end: &AttemptEnd,
    ) -> Result<(), Unavailable> {
        let change = EndAttempt {
            delivery: *delivery,
            number,
            end: end.clone(),
        };
        self.inner.delivery_writer.write(Change::End(change)).await?;
        Ok(())
    }

    async fn mark_outcome(
        &self,
        pending: &PendingDelivery,
        _: Timestamp,
        state: DeliveryState,
        error: Option<&str>,
    ) -> Result<(), Unavailable> {
        let change = MarkOutcome {
            delivery: pending.delivery,
            attempts: pending.attempts,
            state,
            error: error.map(str::to_owned),
        };
        self.inner
            .delivery_writer
            .write(Change::MarkOutcome(change))
            .await?;
        Ok(())
    }

    async fn due(
        &self,
        consumer: &'static str,
        longest_wait: Duration,
        limit: u32,
    ) -> Result<Vec<PendingDelivery>, Unavailable> {
        let now = self.now();
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
impl<R: PostgresRows> CommandLog for PostgresContext<R> {
    async fn recorded(&self, replay: &Replay) -> Result<Recorded, Unavailable> {
        self.read(|connection| async move { Ok(command_log::find(&connection, replay).await?) })
            .await
    }
}
