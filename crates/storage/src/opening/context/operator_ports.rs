//! The operators' queries to a context's database, and their actions.

use async_trait::async_trait;
use futures_util::FutureExt;
use message_bus::Unavailable;
use operations::{
    Backlog, Commits, ContextOperations, ContextTraces, ReachedPosition, TracedEvent,
    actions::{ActionOutcome, OperatorAction},
    records::{ConsumerBacklog, DeliveryKey, DeliveryRecord, DeliverySummary},
};
use shared_kernel::{EventId, Timestamp};
use uuid::Uuid;

use super::{Context, Engine};
use crate::{
    event_log::log_state,
    operating::{operator_actions, operator_views, traces},
};

#[async_trait]
impl<E: Engine> ContextOperations for Context<E> {
    fn context(&self) -> &'static str {
        self.inner.name()
    }

    fn commits(&self) -> Commits {
        self.inner.commits()
    }

    fn clock_jump_seconds(&self) -> i64 {
        self.inner.clock_jump_seconds()
    }

    async fn backlog(&self) -> Result<Backlog, Unavailable> {
        self.inner
            .ask(|connection| {
                async move {
                    Ok(Backlog {
                        unpublished: log_state::count_unpublished(connection).await?,
                        oldest_unpublished_at: log_state::oldest_unpublished_at(connection).await?,
                        unfinished: operator_views::count_unfinished(connection).await?,
                    })
                }
                .boxed()
            })
            .await
    }

    async fn readiness(&self) -> Result<Option<Timestamp>, Unavailable> {
        let oldest_unpublished_at = self
            .inner
            .ask(|connection| log_state::oldest_unpublished_at(connection).boxed())
            .await?;
        self.inner.try_writing().await?;
        Ok(oldest_unpublished_at)
    }

    async fn consumers(&self) -> Result<Vec<ConsumerBacklog>, Unavailable> {
        self.inner
            .ask(|connection| operator_views::consumers(connection).boxed())
            .await
    }

    async fn dead_letters(
        &self,
        after: Option<(Timestamp, DeliveryKey)>,
        limit: u32,
    ) -> Result<Vec<DeliverySummary>, Unavailable> {
        self.inner
            .ask(move |connection| operator_views::dead_letters(connection, after, limit).boxed())
            .await
    }

    async fn delivery(&self, key: &DeliveryKey) -> Result<Option<DeliveryRecord>, Unavailable> {
        let key = key.clone();
        self.inner
            .ask(move |connection| operator_views::delivery(connection, key).boxed())
            .await
    }

    async fn act(&self, action: &OperatorAction) -> Result<ActionOutcome, Unavailable> {
        let action = action.clone();
        self.inner
            .change(move |connection| operator_actions::act(connection, action.clone()).boxed())
            .await
    }

    async fn actions(&self, limit: u32) -> Result<Vec<OperatorAction>, Unavailable> {
        self.inner
            .ask(move |connection| operator_actions::actions(connection, limit).boxed())
            .await
    }
}

#[async_trait]
impl<E: Engine> ContextTraces for Context<E> {
    async fn events_of(
        &self,
        aggregate_type: &str,
        aggregate_id: Uuid,
    ) -> Result<Vec<TracedEvent>, Unavailable> {
        let (source, aggregate_type) = (self.inner.name(), aggregate_type.to_owned());
        self.inner
            .ask(move |connection| {
                traces::events_of(connection, source, aggregate_type, aggregate_id).boxed()
            })
            .await
    }

    async fn events_caused_by(&self, causes: &[EventId]) -> Result<Vec<TracedEvent>, Unavailable> {
        let (source, causes) = (self.inner.name(), causes.to_vec());
        self.inner
            .ask(move |connection| traces::events_caused_by(connection, source, causes).boxed())
            .await
    }

    async fn deliveries_of(&self, events: &[EventId]) -> Result<Vec<DeliveryRecord>, Unavailable> {
        let events = events.to_vec();
        self.inner
            .ask(move |connection| traces::deliveries_of(connection, events).boxed())
            .await
    }

    async fn positions_of(&self, aggregates: &[Uuid]) -> Result<Vec<ReachedPosition>, Unavailable> {
        let aggregates = aggregates.to_vec();
        self.inner
            .ask(move |connection| traces::positions_of(connection, aggregates).boxed())
            .await
    }
}
