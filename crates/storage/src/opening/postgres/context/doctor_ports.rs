//! What the doctor asks of a context's database.

use async_trait::async_trait;
use message_bus::Unavailable;
use operations::{
    ContextInvariants,
    invariants::{Finding, RecordedBeginning, Soundness, Taken, Told},
};
use shared_kernel::Version;
use uuid::Uuid;

use super::PostgresContext;
use crate::{
    delivering::postgres::consumer_positions, event_log::postgres as event_log,
    operating::postgres::invariants, postgres::PostgresRows,
};

#[async_trait]
impl<R: PostgresRows> ContextInvariants for PostgresContext<R> {
    async fn state_and_events(&self) -> Result<Vec<Finding>, Unavailable> {
        self.read(|connection| async move { invariants::state_and_events(&connection, R::AGGREGATES).await })
            .await
    }

    async fn ended_beyond_position(&self) -> Result<Vec<Finding>, Unavailable> {
        self.read(|connection| async move { invariants::ended_beyond_position(&connection).await })
            .await
    }

    async fn sound_files(&self) -> Result<Soundness, Unavailable> {
        self.read(|connection| async move { invariants::sound_files(&connection).await })
            .await
    }

    async fn beginning_of(&self, consumer: &'static str) -> Result<Option<RecordedBeginning>, Unavailable> {
        self.read(|connection| async move { consumer_positions::beginning(&connection, consumer).await })
            .await
    }

    async fn began_again_since(&self, beginning: RecordedBeginning) -> Result<bool, Unavailable> {
        self.read(|connection| async move { event_log::began_again_since(&connection, beginning).await })
            .await
    }

    async fn told(&self, taken: &Taken, after: Option<Uuid>, limit: u32) -> Result<Vec<Told>, Unavailable> {
        self.read(|connection| async move { invariants::told(&connection, taken, after, limit).await })
            .await
    }

    async fn published_after(
        &self,
        taken: &Taken,
        aggregate_id: Uuid,
        position: Version,
    ) -> Result<Vec<Version>, Unavailable> {
        self.read(|connection| async move {
            invariants::published_after(&connection, taken, aggregate_id, position).await
        })
        .await
    }

    async fn pending_versions(
        &self,
        consumer: &'static str,
        aggregate_id: Uuid,
    ) -> Result<Vec<Version>, Unavailable> {
        self.read(|connection| async move {
            invariants::pending_versions(&connection, consumer, aggregate_id).await
        })
        .await
    }
}
