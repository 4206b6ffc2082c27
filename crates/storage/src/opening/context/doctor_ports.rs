//! The doctor's queries to a context's database.

use async_trait::async_trait;
use futures_util::FutureExt;
use message_bus::Unavailable;
use operations::{
    ContextInvariants,
    invariants::{Finding, RecordedBeginning, Soundness, Taken, Told},
};
use shared_kernel::Version;
use uuid::Uuid;

use super::{Context, Engine};
use crate::{delivering::consumer_positions, event_log::log_state, operating::invariants};

#[async_trait]
impl<E: Engine> ContextInvariants for Context<E> {
    async fn state_and_events(&self) -> Result<Vec<Finding>, Unavailable> {
        self.inner
            .ask(|connection| invariants::state_and_events(connection, E::AGGREGATES).boxed())
            .await
    }

    async fn ended_beyond_position(&self) -> Result<Vec<Finding>, Unavailable> {
        self.inner
            .ask(|connection| invariants::ended_beyond_position(connection).boxed())
            .await
    }

    async fn sound_files(&self) -> Result<Soundness, Unavailable> {
        self.inner.sound_files().await
    }

    async fn beginning_of(&self, consumer: &'static str) -> Result<Option<RecordedBeginning>, Unavailable> {
        self.inner
            .ask(move |connection| consumer_positions::beginning(connection, consumer).boxed())
            .await
    }

    async fn began_again_since(&self, beginning: RecordedBeginning) -> Result<bool, Unavailable> {
        self.inner
            .ask(move |connection| log_state::began_again_since(connection, beginning).boxed())
            .await
    }

    async fn told(&self, taken: &Taken, after: Option<Uuid>, limit: u32) -> Result<Vec<Told>, Unavailable> {
        let taken = taken.clone();
        self.inner
            .ask(move |connection| invariants::told(connection, taken, after, limit).boxed())
            .await
    }

    async fn published_after(
        &self,
        taken: &Taken,
        aggregate_id: Uuid,
        position: Version,
    ) -> Result<Vec<Version>, Unavailable> {
        let taken = taken.clone();
        self.inner
            .ask(move |connection| {
                invariants::published_after(connection, taken, aggregate_id, position).boxed()
            })
            .await
    }

    async fn pending_versions(
        &self,
        consumer: &'static str,
        aggregate_id: Uuid,
    ) -> Result<Vec<Version>, Unavailable> {
        self.inner
            .ask(move |connection| invariants::pending_versions(connection, consumer, aggregate_id).boxed())
            .await
    }
}
