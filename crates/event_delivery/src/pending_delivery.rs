//! Deliveries that did not succeed at once, and where a consumer's context keeps them.

use async_trait::async_trait;
use message_bus::{Delivery, Envelope, Unavailable};
use shared_kernel::Timestamp;

use crate::{ConsumerProgress, DeliveryState};

/// A delivery that did not succeed at once, as its row holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct PendingDelivery {
    /// Which event to which consumer.
    pub delivery: Delivery,
    /// The event.
    pub envelope: Envelope,
    /// Where it stands.
    pub state: DeliveryState,
    /// How often it was begun to be attempted, in all.
    pub attempts: u32,
    /// How often of these before it was last replayed.
    pub attempts_before_replay: u32,
    /// Attempts in a row, up to the last, that began and never ended.
    pub interruptions: u32,
    /// When it was first held.
    pub held_at: Timestamp,
    /// What the last attempt that ended failed with.
    pub last_error: Option<String>,
}

/// One attempt at a pending delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Its number, from 1.
    pub number: u32,
    /// When it began.
    pub began_at: Timestamp,
    /// Null while it lasts, and when the process ended before it did.
    pub ended_at: Option<Timestamp>,
    /// Null when it succeeded, or has not ended.
    pub error: Option<String>,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttemptEnd {
    /// When.
    pub at: Timestamp,
    /// With what, unless it succeeded.
    pub error: Option<String>,
    /// What becomes of the delivery.
    pub state: DeliveryState,
}

/// Where a consumer's context keeps positions and pending deliveries. Each call is one transaction.
#[async_trait]
pub trait DeliveryStore: Send + Sync {
    /// What the consumer knows about the delivery's aggregate.
    async fn progress(&self, delivery: &Delivery) -> Result<ConsumerProgress, Unavailable>;

    /// Writes the row of a delivery that has none, with the attempt that was made at it before, if one was.
    /// A row that is there already stays as it is.
    async fn hold(&self, pending: &PendingDelivery, attempt: Option<&Attempt>) -> Result<(), Unavailable>;

    /// Counts an attempt before it begins, which makes the delivery retrying, at `again_at` if the attempt never ends. Says whether it may
    /// begin: not, when the row has seen another attempt since it was read, or is retrying and waiting no more.
    async fn begin_attempt(
        &self,
        pending: &PendingDelivery,
        began_at: Timestamp,
        again_at: Timestamp,
    ) -> Result<bool, Unavailable>;

    /// Writes down how attempt number `number` ended. When another attempt has begun since, or somebody decided otherwise, only the
    /// attempt is written, and the delivery's state stays.
    async fn end_attempt(
        &self,
        delivery: &Delivery,
        number: u32,
        end: &AttemptEnd,
    ) -> Result<(), Unavailable>;

    /// Turns a pending delivery that is not being attempted, and has not been since it was read, to `state`, for a reason that is no attempt's.
    async fn mark_outcome(
        &self,
        pending: &PendingDelivery,
        at: Timestamp,
        state: DeliveryState,
        error: Option<&str>,
    ) -> Result<(), Unavailable>;

    /// The pending deliveries of a consumer that may be attempted now, unless it is paused: per aggregate only the earliest unfinished one,
    /// when it is waiting and what comes before it was applied, or retrying and due. At most `limit`, the longest held first.
    async fn due(&self, consumer: &'static str, limit: u32) -> Result<Vec<PendingDelivery>, Unavailable>;

    /// Waiting deliveries of a consumer, held since before `held_before`, that nothing held comes before and whose predecessor was never
    /// applied: something that was published is missing. At most `limit`.
    async fn gaps(
        &self,
        consumer: &'static str,
        held_before: Timestamp,
        limit: u32,
    ) -> Result<Vec<PendingDelivery>, Unavailable>;
}
