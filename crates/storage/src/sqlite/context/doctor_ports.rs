//! What the doctor asks of a context's database.

use async_trait::async_trait;
use message_bus::{
    ContextInvariants, Unavailable,
    invariants::{Finding, Soundness, Taken, Told},
};
use shared_kernel::Version;
use uuid::Uuid;

use super::SqliteContext;
use crate::{
    ContextDatabase,
    sqlite::{SqliteRows, event_log, invariants},
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

    async fn beginning_of(&self, consumer: &'static str) -> Result<Option<i64>, Unavailable> {
        let beginning = self.recorded_beginning(consumer).await?;
        Ok(beginning.map(|beginning| beginning.begins_after))
    }

    async fn end_of_log(&self) -> Result<i64, Unavailable> {
        self.read(event_log::last_sequence).await
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

    async fn held_versions(
        &self,
        consumer: &'static str,
        aggregate_id: Uuid,
    ) -> Result<Vec<Version>, Unavailable> {
        self.read(move |connection| invariants::held_versions(connection, consumer, aggregate_id))
            .await
    }
}
