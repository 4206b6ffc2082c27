//! What operators ask of a context's schema.

use async_trait::async_trait;
use message_bus::{
    Backlog, Commits, ContextOperations, Unavailable,
    operations::{
        actions::{ActionOutcome, OperatorAction},
        records::{ConsumerBacklog, DeliveryKey, DeliveryRecord, DeliverySummary},
    },
};
use shared_kernel::Timestamp;

use super::PostgresContext;
use crate::{
    columns::RowTime,
    postgres::{PostgresRows, command_log, event_log, operations, operator_actions},
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

    async fn backlog(&self) -> Result<Backlog, Unavailable> {
        self.read(|connection| async move {
            Ok(Backlog {
                unpublished: event_log::count_unpublished(&connection).await?,
                oldest_unpublished_at: event_log::oldest_unpublished_at(&connection).await?,
                unfinished: operations::count_unfinished(&connection).await?,
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
        self.read(|connection| async move { operations::consumers(&connection).await })
            .await
    }

    async fn dead_letters(
        &self,
        after: Option<(Timestamp, DeliveryKey)>,
        limit: u32,
    ) -> Result<Vec<DeliverySummary>, Unavailable> {
        self.read(|connection| async move { operations::dead_letters(&connection, after, limit).await })
            .await
    }

    async fn delivery(&self, key: &DeliveryKey) -> Result<Option<DeliveryRecord>, Unavailable> {
        self.read(|connection| async move { operations::delivery(&connection, key).await })
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
