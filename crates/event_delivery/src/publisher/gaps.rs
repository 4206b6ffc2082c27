//! Gaps: events that were published, and that a consumer never got.

use message_bus::Unavailable;

use super::{PAGE, Publisher, Route};
use crate::{HeldDelivery, Missing};

/// How long something published may be missing until it is driven again, in seconds.
const GAP_PATIENCE_SECONDS: i64 = 10;

impl Publisher {
    /// Has events published again that a consumer waits for in vain; gives a delivery up whose predecessor the log no longer holds.
    ///
    /// # Errors
    /// [`Unavailable`], when a context does not answer.
    pub async fn close_gaps(&self, route: &Route) -> Result<(), Unavailable> {
        for held in route
            .courier
            .gaps(&route.consumer, GAP_PATIENCE_SECONDS, PAGE)
            .await?
        {
            self.close_gap(route, &held).await?;
        }
        Ok(())
    }

    pub(super) async fn close_gap(&self, route: &Route, held: &HeldDelivery) -> Result<(), Unavailable> {
        let position = route.courier.position(held).await?;
        if position >= held.delivery.previous_version {
            // What was missing has come meanwhile.
            return Ok(());
        }
        let missing = Missing {
            aggregate_type: held.envelope.aggregate_type.clone(),
            aggregate_id: held.delivery.aggregate_id,
            after: position,
            up_to: held.delivery.previous_version,
        };
        if self.log.drive_again(missing).await? {
            tracing::warn!(
                consumer = route.consumer.name(),
                aggregate_id = %held.delivery.aggregate_id,
                position = %position,
                "an event that was published never arrived; it is published again"
            );
            return Ok(());
        }
        let why = format!(
            "found the consumer at version {position}, expected {}, which the log of {} no longer holds",
            held.delivery.previous_version,
            self.log.source()
        );
        route.courier.give_up(held, &why).await
    }
}
