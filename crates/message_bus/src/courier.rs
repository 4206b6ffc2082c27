//! Carries one event to one consumer, or keeps it in a row until it can be carried.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use async_trait::async_trait;
use futures_util::FutureExt;
use shared_kernel::{Clock, IdGenerator};

use crate::{
    CommandMeta, Consumer, Delivery, DeliveryState, Envelope, HandlingError, Standing, Unavailable,
    delivery::{Arrival, backoff_milliseconds},
};

/// How long a handler may take. Longer than any command of ours; short enough that one stuck handler does not stop
/// its consumer for good. What it had handed to the committer by then may still be committed: the next attempt finds a duplicate.
const HANDLER_DEADLINE: Duration = Duration::from_secs(30);

/// A delivery that did not succeed at once, as its row holds it.
#[derive(Clone, Debug, PartialEq)]
pub struct HeldDelivery {
    /// Which event to which consumer.
    pub delivery: Delivery,
    /// The event.
    pub envelope: Envelope,
    /// How often it was attempted.
    pub attempts: u32,
    /// Where it stands.
    pub state: DeliveryState,
    /// What the last attempt failed with.
    pub last_error: Option<String>,
}

/// Where a consumer's context keeps positions and held deliveries.
#[async_trait]
pub trait DeliveryStore: Send + Sync {
    /// What the consumer knows about the delivery's aggregate.
    async fn standing(&self, delivery: &Delivery) -> Result<Standing, Unavailable>;

    /// Writes the row of a held delivery, or replaces it.
    async fn hold(&self, held: &HeldDelivery) -> Result<(), Unavailable>;

    /// The held deliveries of a consumer that may be attempted now: per aggregate only the earliest,
    /// when it is waiting, or retrying and due. At most `limit`.
    async fn due(&self, consumer: &'static str, limit: u32) -> Result<Vec<HeldDelivery>, Unavailable>;
}

/// Hands events to consumers by the rules of [`crate::delivery`].
#[derive(Clone)]
pub struct Courier {
    store: Arc<dyn DeliveryStore>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdGenerator>,
}

/// What became of an event that was to be delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The consumer has applied it, now or before.
    Applied,
    /// It has a row, and is tried from there.
    Held {
        /// Why, when it was attempted; `None` when it waits behind another.
        error: Option<HandlingError>,
    },
}

impl Courier {
    /// A courier for the consumers whose context keeps its deliveries in `store`.
    pub fn new(store: Arc<dyn DeliveryStore>, clock: Arc<dyn Clock>, ids: Arc<dyn IdGenerator>) -> Self {
        Self { store, clock, ids }
    }

    /// Carries an event to a consumer for the first time. When this answers `Ok`, the consumer has either
    /// applied the event or holds a row for it: as far as this consumer goes, the event is published.
    ///
    /// # Errors
    /// [`Unavailable`] when the store does not answer; nothing is lost, the event stays unpublished.
    pub async fn deliver(
        &self,
        consumer: &Consumer,
        envelope: &Envelope,
        delivery: Delivery,
    ) -> Result<Outcome, Unavailable> {
        let standing = self.store.standing(&delivery).await?;
        if standing.held_from == Some(delivery.version) {
            // Published once more while its row is being tried: the row goes on, with its attempts.
            return Ok(Outcome::Held { error: None });
        }
        let error = match delivery.arrives_at(standing) {
            Arrival::Duplicate => return Ok(Outcome::Applied),
            Arrival::WaitBehind => None,
            Arrival::Gap => Some(gap(&delivery, standing)),
            Arrival::Attempt => match self.attempt(consumer, envelope, delivery).await {
                Ok(()) => return Ok(Outcome::Applied),
                Err(error) => Some(error),
            },
        };
        let held = HeldDelivery {
            delivery,
            envelope: envelope.clone(),
            attempts: u32::from(error.is_some()),
            state: error
                .as_ref()
                .map_or(DeliveryState::Waiting, |_| self.try_again_after(1)),
            last_error: error.as_ref().map(ToString::to_string),
        };
        self.store.hold(&held).await?;
        Ok(Outcome::Held { error })
    }

    /// Tries a held delivery again.
    ///
    /// # Errors
    /// [`Unavailable`] when the store does not answer; the row stays as it was.
    pub async fn retry(&self, consumer: &Consumer, mut held: HeldDelivery) -> Result<Outcome, Unavailable> {
        let standing = self.store.standing(&held.delivery).await?;
        let result = match held.delivery.arrives_at(standing) {
            Arrival::Duplicate => Ok(()),
            // Its predecessor was held again since this row was read.
            Arrival::WaitBehind => return Ok(Outcome::Held { error: None }),
            Arrival::Gap => Err(gap(&held.delivery, standing)),
            Arrival::Attempt => self.attempt(consumer, &held.envelope, held.delivery).await,
        };
        held.attempts = held.attempts.saturating_add(1);
        let outcome = match result {
            Ok(()) => {
                held.state = DeliveryState::Done;
                Outcome::Applied
            }
            Err(error) => {
                held.state = self.try_again_after(held.attempts);
                held.last_error = Some(error.to_string());
                Outcome::Held { error: Some(error) }
            }
        };
        self.store.hold(&held).await?;
        Ok(outcome)
    }

    /// The held deliveries of `consumer` that may be attempted now.
    ///
    /// # Errors
    /// [`Unavailable`] when the store does not answer.
    pub async fn due(&self, consumer: &Consumer, limit: u32) -> Result<Vec<HeldDelivery>, Unavailable> {
        self.store.due(consumer.name(), limit).await
    }

    async fn attempt(
        &self,
        consumer: &Consumer,
        envelope: &Envelope,
        delivery: Delivery,
    ) -> Result<(), HandlingError> {
        let meta = CommandMeta::reacting(envelope, delivery, self.clock.now(), self.ids.as_ref());
        let handling = AssertUnwindSafe(consumer.handle(envelope.clone(), meta)).catch_unwind();
        match tokio::time::timeout(HANDLER_DEADLINE, handling).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(HandlingError::Permanent("the handler panicked".to_owned())),
            Err(_) => Err(HandlingError::Transient(format!(
                "the handler took longer than {} s",
                HANDLER_DEADLINE.as_secs()
            ))),
        }
    }

    fn try_again_after(&self, attempts: u32) -> DeliveryState {
        let [a, b, c, d, ..] = self.ids.random_bytes();
        let random = u64::from(u32::from_le_bytes([a, b, c, d]));
        let pause = backoff_milliseconds(attempts, random);
        DeliveryState::Retrying {
            next_attempt_at: self
                .clock
                .now()
                .plus_milliseconds(i64::try_from(pause).unwrap_or(i64::MAX)),
        }
    }
}

fn gap(delivery: &Delivery, standing: Standing) -> HandlingError {
    HandlingError::Transient(format!(
        "found the consumer at version {}, expected {}",
        standing.position, delivery.previous_version
    ))
}

#[cfg(test)]
mod tests;
