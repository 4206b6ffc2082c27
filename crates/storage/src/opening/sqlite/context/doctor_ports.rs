//! What the doctor asks of a context's database.

use async_trait::async_trait;
use message_bus::Unavailable;
use operations::{
    ContextInvariants,
    invariants::{Finding, RecordedBeginning, Soundness, Taken, Told},
};
use shared_kernel::Version;
use uuid::Uuid;

use super::SqliteContext;
use crate::{
    delivering::sqlite::consumer_positions, event_log::sqlite as event_log, operating::sqlite::invariants,
    sqlite::SqliteRows,
};

#[async_trait]
impl<R: SqliteRows> ContextInvariants for SqliteContext<R> {
    async fn state_and_events(&self) -> Result<Vec<Finding>, Unavailable> {
        self.read(move |connection| invariants::state_and_events(connection, R::AGGREGATES))
            .await
    }

    async fn ended_beyond_position(&self) -> Result<Vec<Finding>, Unavailable> {
        self.read(invariants::ended_beyond_position).await
    }

    async fn sound_files(&self) -> Result<Soundness, Unavailable> {
        self.read(invariants::sound_files).await
    }

    async fn beginning_of(&self, consumer: &'static str) -> Result<Option<RecordedBeginning>, Unavailable> {
        self.read(move |connection| consumer_positions::beginning(connection, consumer))
            .await
    }

    async fn began_again_since(&self, beginning: RecordedBeginning) -> Result<bool, Unavailable> {
        self.read(move |connection| event_log::began_again_since(connection, beginning))
            .await
    }

    async fn told(&self, taken: &Taken, after: Option<Uuid>, limit: u32) -> Result<Vec<Told>, Unavailable> {
        let taken = taken.clone();
        self.read(move |connection| invariants::told(connection, &taken, after, limit))
            .await
    }

    async fn published_after(
        &self,
        taken: &Taken,
        aggregate_id: Uuid,
        position: Version,
    ) -> Result<Vec<Version>, Unavailable> {
        let taken = taken.clone();
        self.read(move |connection| invariants::published_after(connection, &taken, aggregate_id, position))
            .await
    }

    async fn pending_versions(
        &self,
        consumer: &'static str,
        aggregate_id: Uuid,
    ) -> Result<Vec<Version>, Unavailable> {
        self.read(move |connection| invariants::pending_versions(connection, consumer, aggregate_id))
            .await
    }
}
