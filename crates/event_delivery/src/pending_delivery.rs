//! Deliveries that did not succeed at once, and the store that a consumer's context keeps them in.

use std::time::Duration;

use async_trait::async_trait;
use message_bus::{Delivery, Envelope, Unavailable};
use shared_kernel::Timestamp;

use crate::{ConsumerProgress, DeliveryState};

/// A delivery that did not succeed at once, as stored in its row.
#[derive(Clone, Debug, PartialEq)]
pub struct PendingDelivery {
    /// Which event to which consumer.
    pub delivery: Delivery,
    /// The event.
    pub envelope: Envelope,
    /// Its state.
    pub state: DeliveryState,
    /// How many attempts were begun, in all.
    pub attempts: u32,
    /// How many of these before it was last replayed.
    pub attempts_before_replay: u32,
    /// Attempts in a row, up to the last, that began and never ended.
    pub interruptions: u32,
    /// When it was first stored.
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
    /// Null while it runs, and when the process ended before it did.
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
    /// The delivery's new state.
    pub state: DeliveryState,
}

/// The store in which a consumer's context keeps positions and pending deliveries. Each call is one transaction.
#[async_trait]
pub trait DeliveryStore: Send + Sync {
    /// The consumer's progress with the delivery's aggregate.
    async fn progress(&self, delivery: &Delivery) -> Result<ConsumerProgress, Unavailable>;

    /// Writes the row of a delivery that has none, with the attempt that was made before, if one was. An
    /// existing row stays as it is.
    async fn hold(&self, pending: &PendingDelivery, attempt: Option<&Attempt>) -> Result<(), Unavailable>;

    /// Counts an attempt before it begins, which makes the delivery retrying, at `again_at` if the attempt never ends. Returns whether it
    /// may begin: not, when another attempt has begun since the row was read, or when it is retrying and no longer waiting.
    async fn begin_attempt(
        &self,
        pending: &PendingDelivery,
        began_at: Timestamp,
        again_at: Timestamp,
    ) -> Result<bool, Unavailable>;

    /// Records how attempt number `number` ended. If another attempt has begun since, or an operator changed the delivery, only the
    /// attempt is written, and the delivery's state stays.
    async fn end_attempt(
        &self,
        delivery: &Delivery,
        number: u32,
        end: &AttemptEnd,
    ) -> Result<(), Unavailable>;

    /// Sets the state of a pending delivery to `state`, not because of an attempt. Only when it is not being attempted, and has not been since
    /// it was read.
    async fn mark_outcome(
        &self,
        pending: &PendingDelivery,
        at: Timestamp,
        state: DeliveryState,
        error: Option<&str>,
    ) -> Result<(), Unavailable>;

    /// The pending deliveries of a consumer that may be attempted now, unless it is paused. Of each aggregate only the earliest unfinished
    /// one, when it is waiting and the one before it was applied, or when it is retrying and its next attempt is due. An attempt that is planned
    /// for later than `longest_wait` from now was planned by a clock that has been set back since: it is due as well. At most `limit`, the
    /// oldest first.
    async fn due(
        &self,
        consumer: &'static str,
        longest_wait: Duration,
        limit: u32,
    ) -> Result<Vec<PendingDelivery>, Unavailable>;

    /// Waiting deliveries of a consumer, stored before `held_before`, with no pending delivery before them, and whose predecessor was
    /// never applied: a published event is missing. At most `limit`.
    async fn gaps(
        &self,
        consumer: &'static str,
        held_before: Timestamp,
        limit: u32,
    ) -> Result<Vec<PendingDelivery>, Unavailable>;
}
