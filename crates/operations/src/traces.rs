//! What each context knows about events and what became of them, for whoever puts the story together.

use async_trait::async_trait;
use message_bus::{Envelope, Unavailable};
use shared_kernel::{EventId, Timestamp, Version};
use uuid::Uuid;

use crate::records::DeliveryRecord;

/// An event that a context tells of, and whether it is told further.
#[derive(Clone, Debug, PartialEq)]
pub struct TracedEvent {
    /// The event.
    pub envelope: Envelope,
    /// It stays within its context.
    pub private: bool,
    /// When it was published: each of its consumers had applied it by then, or held it.
    pub published_at: Option<Timestamp>,
}

/// How far a consumer has come with an aggregate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReachedPosition {
    /// The consumer's name.
    pub consumer: String,
    /// The aggregate.
    pub aggregate_id: Uuid,
    /// The last version that it applied, or an operator discarded.
    pub position: Version,
}

/// A context's part of a story.
#[async_trait]
pub trait ContextTraces: Send + Sync {
    /// The events of one aggregate that the log still holds, private ones too, by version.
    ///
    /// # Errors
    /// [`Unavailable`] when its database does not answer.
    async fn events_of(
        &self,
        aggregate_type: &str,
        aggregate_id: Uuid,
    ) -> Result<Vec<TracedEvent>, Unavailable>;

    /// The events that reactions to any of these led to here.
    ///
    /// # Errors
    /// [`Unavailable`] when its database does not answer.
    async fn events_caused_by(&self, causes: &[EventId]) -> Result<Vec<TracedEvent>, Unavailable>;

    /// The deliveries of any of these events to its consumers that did not succeed at once.
    ///
    /// # Errors
    /// [`Unavailable`] when its database does not answer.
    async fn deliveries_of(&self, events: &[EventId]) -> Result<Vec<DeliveryRecord>, Unavailable>;

    /// How far its consumers have come with any of these aggregates.
    ///
    /// # Errors
    /// [`Unavailable`] when its database does not answer.
    async fn positions_of(&self, aggregates: &[Uuid]) -> Result<Vec<ReachedPosition>, Unavailable>;
}
