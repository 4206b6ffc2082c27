//! Gaps: events that were published, and that a consumer never applied or stored.

use message_bus::Unavailable;

use super::{PAGE, Publisher, Subscription};
use crate::{Missing, PendingDelivery};

/// How long a published event may be missing until it is published again, in seconds.
const GAP_PATIENCE_SECONDS: i64 = 10;

impl Publisher {
    /// Publishes missing events again for consumers that wait for them; gives a delivery up whose predecessor is no longer in the log.
    ///
    /// # Errors
    /// [`Unavailable`], when a context does not answer.
    pub async fn close_gaps(&self, subscription: &Subscription) -> Result<(), Unavailable> {
        for pending in subscription
            .dispatcher
            .gaps(&subscription.consumer, GAP_PATIENCE_SECONDS, PAGE)
            .await?
        {
            self.close_gap(subscription, &pending).await?;
        }
        Ok(())
    }

    pub(super) async fn close_gap(
        &self,
        subscription: &Subscription,
        pending: &PendingDelivery,
    ) -> Result<(), Unavailable> {
        let position = subscription.dispatcher.position(pending).await?;
        if position >= pending.delivery.previous_version {
            // The missing event has arrived meanwhile.
            return Ok(());
        }
        let missing = Missing {
            aggregate_type: pending.envelope.aggregate_type.clone(),
            aggregate_id: pending.delivery.aggregate_id,
            after: position,
            up_to: pending.delivery.previous_version,
        };
        if self.log.republish_gap(missing).await? {
            tracing::warn!(
                consumer = subscription.consumer.name(),
                aggregate_id = %pending.delivery.aggregate_id,
                position = %position,
                "an event that was published never arrived; it is published again"
            );
            return Ok(());
        }
        let why = format!(
            "found the consumer at version {position}, expected {}, which the log of {} no longer holds",
            pending.delivery.previous_version,
            self.log.source()
        );
        subscription.dispatcher.give_up(pending, &why).await
    }
}
