//! What operators ask of a context's database.

use async_trait::async_trait;
use message_bus::{
    Backlog, Commits, ContextOperations, Unavailable,
    operations::{
        actions::{ActionOutcome, OperatorAction},
        records::{ConsumerBacklog, DeliveryKey, DeliveryRecord, DeliverySummary},
    },
};
use shared_kernel::Timestamp;

use super::SqliteContext;
use crate::sqlite::{SqliteRows, event_log, operations, operator_actions};

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
                unfinished: operations::count_unfinished(connection)?,
            })
        })
        .await
    }

    async fn readiness(&self) -> Result<(), Unavailable> {
        self.read(event_log::last_sequence).await?;
        self.upkeep(|_| Ok(())).await
    }

    async fn consumers(&self) -> Result<Vec<ConsumerBacklog>, Unavailable> {
        self.read(operations::consumers).await
    }

    async fn dead_letters(
        &self,
        after: Option<(Timestamp, DeliveryKey)>,
        limit: u32,
    ) -> Result<Vec<DeliverySummary>, Unavailable> {
        self.read(move |connection| operations::dead_letters(connection, after, limit))
            .await
    }

    async fn delivery(&self, key: &DeliveryKey) -> Result<Option<DeliveryRecord>, Unavailable> {
        let key = key.clone();
        self.read(move |connection| operations::delivery(connection, &key))
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
