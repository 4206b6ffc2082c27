//! Hands one event to one consumer, or stores it in a row until it can be handed over.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use async_trait::async_trait;
use futures_util::FutureExt;
use message_bus::{
    CommandMeta, Consumer, Delivery, DeliveryMode, Envelope, HandlingError, Limits, Unavailable,
};
use shared_kernel::{Clock, IdGenerator};
use tracing::{Instrument, error_span, field};

use crate::{
    Attempt, AttemptEnd, DeliveryState, DeliveryStore, PendingDelivery,
    delivery::{Arrival, after_failure, longest_wait},
};

/// What brings an event to a consumer: the [`Dispatcher`], in the same process. The simulation and the publisher's tests have others.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Brings an event to a consumer for the first time, or once more. When this answers `Ok`, the consumer has either applied the
    /// event or stored a row for it: for this consumer, the event is published.
    ///
    /// # Errors
    /// [`Unavailable`] when that is not known; nothing is lost, the event stays unpublished.
    async fn hand_over(
        &self,
        consumer: &Consumer,
        envelope: &Envelope,
        delivery: Delivery,
        mode: DeliveryMode,
    ) -> Result<Outcome, Unavailable>;
}

/// Hands events to consumers by the rules of [`crate::delivery`].
#[derive(Clone)]
pub struct Dispatcher {
    store: Arc<dyn DeliveryStore>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdGenerator>,
}

/// The result of delivering an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The consumer has applied it, now or before.
    Applied,
    /// It has a row, and is tried from there.
    Pending {
        /// Why, when it was attempted.
        error: Option<HandlingError>,
    },
}

#[async_trait]
impl Transport for Dispatcher {
    async fn hand_over(
        &self,
        consumer: &Consumer,
        envelope: &Envelope,
        delivery: Delivery,
        mode: DeliveryMode,
    ) -> Result<Outcome, Unavailable> {
        let progress = self.store.progress(&delivery).await?;
        match (progress.arrival_of(&delivery), mode) {
            (Arrival::Duplicate, _) => Ok(Outcome::Applied),
            (Arrival::Pending, _) => Ok(Outcome::Pending { error: None }),
            (Arrival::Wait, _) | (Arrival::Attempt, DeliveryMode::Persisted) => {
                self.keep_waiting(envelope, delivery).await
            }
            (Arrival::Attempt, DeliveryMode::Inline) => self.try_inline(consumer, envelope, delivery).await,
        }
    }
}

impl Dispatcher {
    /// A dispatcher for the consumers whose context keeps its deliveries in `store`.
    pub fn new(store: Arc<dyn DeliveryStore>, clock: Arc<dyn Clock>, ids: Arc<dyn IdGenerator>) -> Self {
        Self { store, clock, ids }
    }

    /// Tries a pending delivery again. The attempt is counted before it begins, so that one which ends with the process counts.
    ///
    /// # Errors
    /// [`Unavailable`] when the store does not answer. An attempt that was begun stays counted.
    pub async fn retry(
        &self,
        consumer: &Consumer,
        pending: &PendingDelivery,
    ) -> Result<Outcome, Unavailable> {
        let limits = consumer.limits();
        let now = self.clock.now();
        let progress = self.store.progress(&pending.delivery).await?;
        if pending.delivery.version <= progress.position {
            // Its effect was committed, but its outcome was not recorded.
            self.store
                .mark_outcome(pending, now, DeliveryState::Done, None)
                .await?;
            return Ok(Outcome::Applied);
        }
        if pending.delivery.previous_version > progress.position {
            // A replay, while an earlier event is missing. Whatever the handler did, its position could not be moved.
            self.store
                .mark_outcome(pending, now, DeliveryState::Waiting, None)
                .await?;
            return Ok(Outcome::Pending { error: None });
        }
        if pending.interruptions >= limits.interruptions {
            let error = HandlingError::Permanent(format!(
                "{} attempts in a row ended with the process",
                pending.interruptions
            ));
            let line = error.to_string();
            tracing::warn!(
                trace_id = pending.envelope.trace().trace_id().as_str(),
                consumer = consumer.name(),
                event_id = %pending.delivery.event_id,
                aggregate_id = %pending.delivery.aggregate_id,
                error = line,
                "a delivery is given up"
            );
            self.store
                .mark_outcome(pending, now, DeliveryState::Dead, Some(&line))
                .await?;
            return Ok(Outcome::Pending { error: Some(error) });
        }
        // If the process ends here, it cannot be known before the deadline whether the attempt goes on elsewhere.
        let again_at = now.plus_milliseconds(i64::try_from(limits.deadline_milliseconds).unwrap_or(i64::MAX));
        if !self.store.begin_attempt(pending, now, again_at).await? {
            return Ok(Outcome::Pending { error: None });
        }
        let number = pending.attempts.saturating_add(1);
        let result = self
            .attempt(consumer, &pending.envelope, pending.delivery, number)
            .await;
        let counted = number.saturating_sub(pending.attempts_before_replay);
        let (end, outcome) = self.end(result, counted, limits);
        self.store.end_attempt(&pending.delivery, number, &end).await?;
        Ok(outcome)
    }

    /// The pending deliveries of `consumer` that may be attempted now.
    ///
    /// # Errors
    /// [`Unavailable`] when the store does not answer.
    pub async fn due(&self, consumer: &Consumer, limit: u32) -> Result<Vec<PendingDelivery>, Unavailable> {
        let limits = consumer.limits();
        self.store.due(consumer.name(), longest_wait(limits), limit).await
    }

    /// Deliveries that have waited for `patience_seconds` for an event that was published and is missing.
    ///
    /// # Errors
    /// [`Unavailable`] when the store does not answer.
    pub async fn gaps(
        &self,
        consumer: &Consumer,
        patience_seconds: i64,
        limit: u32,
    ) -> Result<Vec<PendingDelivery>, Unavailable> {
        let held_before = self.clock.now().plus_seconds(-patience_seconds);
        self.store.gaps(consumer.name(), held_before, limit).await
    }

    /// How far the consumer is with the aggregate of a pending delivery.
    ///
    /// # Errors
    /// [`Unavailable`] when the store does not answer.
    pub async fn position(&self, pending: &PendingDelivery) -> Result<shared_kernel::Version, Unavailable> {
        Ok(self.store.progress(&pending.delivery).await?.position)
    }

    /// Gives up a delivery whose predecessor can never arrive.
    ///
    /// # Errors
    /// [`Unavailable`] when the store does not answer.
    pub async fn give_up(&self, pending: &PendingDelivery, why: &str) -> Result<(), Unavailable> {
        let now = self.clock.now();
        self.store
            .mark_outcome(pending, now, DeliveryState::Dead, Some(why))
            .await
    }

    async fn keep_waiting(&self, envelope: &Envelope, delivery: Delivery) -> Result<Outcome, Unavailable> {
        let pending = PendingDelivery {
            delivery,
            envelope: envelope.clone(),
            state: DeliveryState::Waiting,
            attempts: 0,
            attempts_before_replay: 0,
            interruptions: 0,
            held_at: self.clock.now(),
            last_error: None,
        };
        self.store.hold(&pending, None).await?;
        Ok(Outcome::Pending { error: None })
    }

    async fn try_inline(
        &self,
        consumer: &Consumer,
        envelope: &Envelope,
        delivery: Delivery,
    ) -> Result<Outcome, Unavailable> {
        let began_at = self.clock.now();
        let result = self.attempt(consumer, envelope, delivery, 1).await;
        let (end, outcome) = self.end(result, 1, consumer.limits());
        if outcome == Outcome::Applied {
            return Ok(outcome);
        }
        let pending = PendingDelivery {
            delivery,
            envelope: envelope.clone(),
            state: end.state,
            attempts: 1,
            attempts_before_replay: 0,
            interruptions: 0,
            held_at: began_at,
            last_error: end.error.clone(),
        };
        let attempt = Attempt {
            number: 1,
            began_at,
            ended_at: Some(end.at),
            error: end.error,
        };
        self.store.hold(&pending, Some(&attempt)).await?;
        Ok(outcome)
    }

    async fn attempt(
        &self,
        consumer: &Consumer,
        envelope: &Envelope,
        delivery: Delivery,
        number: u32,
    ) -> Result<(), HandlingError> {
        let meta = CommandMeta::reacting(envelope, delivery, self.clock.now(), self.ids.as_ref());
        // At error level, so that every line logged within it names the delivery. Only a span of a recorded trace has its ids.
        let place = meta
            .trace
            .is_sampled()
            .then(|| [meta.trace.span_id(), envelope.trace().span_id()]);
        let span = error_span!(
            parent: None,
            "delivery",
            trace_id = meta.trace.trace_id().as_str(),
            span_id = place.as_ref().map(|[own, _]| own.as_str()),
            parent_span_id = place.as_ref().map(|[_, parent]| parent.as_str()),
            consumer = consumer.name(),
            event_type = envelope.event_type,
            event_id = %delivery.event_id,
            attempt = number,
            error = field::Empty,
        );
        let deadline = consumer.limits().deadline_milliseconds;
        let handling = AssertUnwindSafe(consumer.handle(envelope.clone(), meta)).catch_unwind();
        let in_time = tokio::time::timeout(Duration::from_millis(deadline), handling);
        let result = match in_time.instrument(span.clone()).await {
            Ok(Ok(result)) => result,
            Ok(Err(_)) => Err(HandlingError::Permanent("the handler panicked".to_owned())),
            Err(_) => Err(HandlingError::Transient(format!(
                "the handler took longer than {deadline} ms"
            ))),
        };
        if let Err(error) = &result {
            tracing::warn!(parent: &span, aggregate_id = %delivery.aggregate_id, %error, "a delivery failed and is held");
            span.record("error", field::display(error));
        }
        result
    }

    /// What to record about an attempt, the `counted`th since the delivery was stored or replayed, and its outcome.
    fn end(&self, result: Result<(), HandlingError>, counted: u32, limits: &Limits) -> (AttemptEnd, Outcome) {
        let at = self.clock.now();
        match result {
            Ok(()) => {
                let end = AttemptEnd {
                    at,
                    error: None,
                    state: DeliveryState::Done,
                };
                (end, Outcome::Applied)
            }
            Err(error) => {
                let [a, b, c, d, ..] = self.ids.random_bytes();
                let random = u64::from(u32::from_le_bytes([a, b, c, d]));
                let end = AttemptEnd {
                    at,
                    error: Some(error.to_string()),
                    state: after_failure(&error, counted, limits, at, random),
                };
                (end, Outcome::Pending { error: Some(error) })
            }
        }
    }
}

#[cfg(test)]
mod tests;
