//! What operators ask of a context's database.

use async_trait::async_trait;
use message_bus::Unavailable;
use operations::{
    Backlog, Commits, ContextOperations, ContextTraces, ReachedPosition, TracedEvent,
    actions::{ActionOutcome, OperatorAction},
    records::{ConsumerBacklog, DeliveryKey, DeliveryRecord, DeliverySummary},
};
use shared_kernel::{EventId, Timestamp};
use uuid::Uuid;

use super::SqliteContext;
use crate::{
    event_log::sqlite as event_log,
    operating::sqlite::{lived_time, operator_actions, operator_views, traces},
    sqlite::SqliteRows,
};

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

    fn clock_jump_seconds(&self) -> i64 {
        self.inner.own_life.jump_seconds()
    }

    async fn backlog(&self) -> Result<Backlog, Unavailable> {
        self.read(|connection| {
            Ok(Backlog {
                unpublished: event_log::count_unpublished(connection)?,
                oldest_unpublished_at: event_log::oldest_unpublished_at(connection)?,
                unfinished: operator_views::count_unfinished(connection)?,
            })
        })
        .await
    }

    async fn readiness(&self) -> Result<(), Unavailable> {
        self.read(event_log::last_sequence).await?;
        if !self.inner.shared.is_full() {
            return self.upkeep(|_| Ok(())).await;
        }
        // A batch that writes nothing needs no room, and would say nothing about it.
        self.upkeep(|connection| Ok(lived_time::write_again(connection)?))
            .await?;
        self.inner.shared.note_full(false);
        Ok(())
    }

    async fn consumers(&self) -> Result<Vec<ConsumerBacklog>, Unavailable> {
        self.read(operator_views::consumers).await
    }

    async fn dead_letters(
        &self,
        after: Option<(Timestamp, DeliveryKey)>,
        limit: u32,
    ) -> Result<Vec<DeliverySummary>, Unavailable> {
        self.read(move |connection| operator_views::dead_letters(connection, after, limit))
            .await
    }

    async fn delivery(&self, key: &DeliveryKey) -> Result<Option<DeliveryRecord>, Unavailable> {
        let key = key.clone();
        self.read(move |connection| operator_views::delivery(connection, &key))
            .await
    }

    async fn act(&self, action: &OperatorAction) -> Result<ActionOutcome, Unavailable> {
        let action = action.clone();
        self.upkeep(move |connection| Ok(operator_actions::act(connection, &action)?))
            .await
    }

    async fn actions(&self, limit: u32) -> Result<Vec<OperatorAction>, Unavailable> {
        self.read(move |connection| operator_actions::actions(connection, limit))
            .await
    }
}

#[async_trait]
impl<R: SqliteRows> ContextTraces for SqliteContext<R> {
    async fn events_of(
        &self,
        aggregate_type: &str,
        aggregate_id: Uuid,
    ) -> Result<Vec<TracedEvent>, Unavailable> {
        let (source, aggregate_type) = (self.inner.name, aggregate_type.to_owned());
        self.read(move |connection| traces::events_of(connection, source, &aggregate_type, aggregate_id))
            .await
    }

    async fn events_caused_by(&self, causes: &[EventId]) -> Result<Vec<TracedEvent>, Unavailable> {
        let (source, causes) = (self.inner.name, causes.to_vec());
        self.read(move |connection| traces::events_caused_by(connection, source, &causes))
            .await
    }

    async fn deliveries_of(&self, events: &[EventId]) -> Result<Vec<DeliveryRecord>, Unavailable> {
        let events = events.to_vec();
        self.read(move |connection| traces::deliveries_of(connection, &events))
            .await
    }

    async fn positions_of(&self, aggregates: &[Uuid]) -> Result<Vec<ReachedPosition>, Unavailable> {
        let aggregates = aggregates.to_vec();
        self.read(move |connection| traces::positions_of(connection, &aggregates))
            .await
    }
}
