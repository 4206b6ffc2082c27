//! When a transaction must not apply a delivery.

use event_delivery::{ConsumerProgress, delivery::Arrival};
use message_bus::{CommitError, Delivery};
use shared_kernel::Version;

/// Why a consumer at `position` must not apply a delivery, if it must not.
pub(crate) fn refusal(delivery: &Delivery, position: i64) -> Option<CommitError> {
    // The tables hold no position outside a version's range.
    let position = Version::new(u32::try_from(position).unwrap_or(u32::MAX));
    // Whether something is pending or paused was checked before the handler ran; in the transaction only the position counts.
    let progress = ConsumerProgress {
        position,
        held_from: None,
        paused: false,
    };
    match progress.arrival_of(delivery) {
        Arrival::Attempt | Arrival::Pending => None,
        Arrival::Duplicate => Some(CommitError::AlreadyApplied),
        Arrival::Wait => Some(CommitError::DeliveryGap {
            position,
            previous: delivery.previous_version,
        }),
    }
}
