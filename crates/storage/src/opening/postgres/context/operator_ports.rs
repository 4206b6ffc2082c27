//! What operators ask of a context's schema.

use async_trait::async_trait;
use message_bus::Unavailable;
use operations::{
    Backlog, Commits, ContextOperations, ContextTraces, ReachedPosition, TracedEvent,
    actions::{ActionOutcome, OperatorAction},
    records::{ConsumerBacklog, DeliveryKey, DeliveryRecord, DeliverySummary},
};
use shared_kernel::{EventId, Timestamp};
use uuid::Uuid;

use super::PostgresContext;
use crate::{
    columns::RowTime,
    committing::postgres::command_log,
    event_log::postgres as event_log,
    operating::postgres::{operator_actions, operator_views, traces},
    postgres::PostgresRows,
};

#[async_trait]
impl<R: PostgresRows> ContextOperations for PostgresContext<R> {
    fn context(&self) -> &'static str {
        self.inner.name
    }

    fn commits(&self) -> Commits {
        Commits {
            batches: *self.inner.state.batches(),
            queued: self.inner.queue.depth() as u64,
        }
    }

    fn clock_jump_seconds(&self) -> i64 {
        self.inner.own_life.jump_seconds()
    }

    async fn backlog(&self) -> Result<Backlog, Unavailable> {
        self.read(|connection| async move {
            Ok(Backlog {
                unpublished: event_log::count_unpublished(&connection).await?,
                oldest_unpublished_at: event_log::oldest_unpublished_at(&connection).await?,
                unfinished: operator_views::count_unfinished(&connection).await?,
            })
        })
        .await
    }

    async fn readiness(&self) -> Result<(), Unavailable> {
        self.read(|connection| async move { event_log::last_sequence(&connection).await })
            .await?;
        // Forgets nothing, but fails where nothing can be written.
        self.upkeep(
            |connection| async move { Ok(command_log::forget_before(&connection, RowTime(0), 1).await?) },
        )
        .await?;
        Ok(())
    }

    async fn consumers(&self) -> Result<Vec<ConsumerBacklog>, Unavailable> {
        self.read(|connection| async move { operator_views::consumers(&connection).await })
            .await
    }

    async fn dead_letters(
        &self,
        after: Option<(Timestamp, DeliveryKey)>,
        limit: u32,
    ) -> Result<Vec<DeliverySummary>, Unavailable> {
        self.read(|connection| async move { operator_views::dead_letters(&connection, after, limit).await })
            .await
    }

    async fn delivery(&self, key: &DeliveryKey) -> Result<Option<DeliveryRecord>, Unavailable> {
        self.read(|connection| async move { operator_views::delivery(&connection, key).await })
            .await
    }

    async fn act(&self, action: &OperatorAction) -> Result<ActionOutcome, Unavailable> {
        self.upkeep(|connection| async move { operator_actions::act(&connection, action).await })
            .await
    }

    async fn actions(&self, limit: u32) -> Result<Vec<OperatorAction>, Unavailable> {
        self.read(|connection| async move { operator_actions::actions(&connection, limit).await })
            .await
    }
}

#[async_trait]
impl<R: PostgresRows> ContextTraces for PostgresContext<R> {
    async fn events_of(
        &self,
        aggregate_type: &str,
        aggregate_id: Uuid,
    ) -> Result<Vec<TracedEvent>, Unavailable> {
        let source = self.inner.name;
        self.read(|connection| async move {
            traces::events_of(&connection, source, aggregate_type, aggregate_id).await
        })
        .await
    }

    async fn events_caused_by(&self, causes: &[EventId]) -> Result<Vec<TracedEvent>, Unavailable> {
        let source = self.inner.name;
        self.read(|connection| async move { traces::events_caused_by(&connection, source, causes).await })
            .await
    }

    async fn deliveries_of(&self, events: &[EventId]) -> Result<Vec<DeliveryRecord>, Unavailable> {
        self.read(|connection| async move { traces::deliveries_of(&connection, events).await })
            .await
    }

    async fn positions_of(&self, aggregates: &[Uuid]) -> Result<Vec<ReachedPosition>, Unavailable> {
        self.read(|connection| async move { traces::positions_of(&connection, aggregates).await })
            .await
    }
}
