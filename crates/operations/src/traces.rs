//! What each context stores about events and their deliveries, for the timeline.

use async_trait::async_trait;
use message_bus::{Envelope, Unavailable};
use shared_kernel::{EventId, Timestamp, Version};
use uuid::Uuid;

use crate::records::DeliveryRecord;

/// An event of a context, whether it is private, and when it was published.
#[derive(Clone, Debug, PartialEq)]
pub struct TracedEvent {
    /// The event.
    pub envelope: Envelope,
    /// It stays within its context.
    pub private: bool,
    /// When it was published: each of its consumers had applied or stored it by then.
    pub published_at: Option<Timestamp>,
}

/// A consumer's progress with an aggregate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReachedPosition {
    /// The consumer's name.
    pub consumer: String,
    /// The aggregate.
    pub aggregate_id: Uuid,
    /// The last version that it applied, or an operator discarded.
    pub position: Version,
}

/// A context's part of a timeline.
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

    /// The events of this context that reactions to any of these led to.
    ///
    /// # Errors
    /// [`Unavailable`] when its database does not answer.
    async fn events_caused_by(&self, causes: &[EventId]) -> Result<Vec<TracedEvent>, Unavailable>;

    /// The deliveries of any of these events to its consumers that did not succeed at once.
    ///
    /// # Errors
    /// [`Unavailable`] when its database does not answer.
    async fn deliveries_of(&self, events: &[EventId]) -> Result<Vec<DeliveryRecord>, Unavailable>;

    /// Its consumers' progress with any of these aggregates.
    ///
    /// # Errors
    /// [`Unavailable`] when its database does not answer.
    async fn positions_of(&self, aggregates: &[Uuid]) -> Result<Vec<ReachedPosition>, Unavailable>;
}
