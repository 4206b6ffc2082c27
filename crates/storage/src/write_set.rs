//! Everything that one command wants written, as one thing that is committed whole or not at all.

use event_delivery::{Standing, delivery::Arrival};
use message_bus::{Audience, CommandMeta, CommitError, Delivery, Envelope, NewEvent, ReplayRecord};
use shared_kernel::{EventId, IdGenerator, Version};

/// An event on its way into the log.
#[derive(Clone, Debug, PartialEq)]
pub struct UnloggedEvent {
    /// The event and what travels with it.
    pub envelope: Envelope,
    /// Who will hear of it.
    pub audience: Audience,
}

/// What one command writes, or several that were decided together: a context's rows `R` (opaque here), the events that tell
/// of them, the positions of the deliveries they answer, and the answer to give when the command is repeated.
#[derive(Clone, Debug)]
pub struct WriteSet<R> {
    /// The context's rows.
    pub rows: R,
    /// The events, in the order they happened.
    pub events: Vec<UnloggedEvent>,
    /// The deliveries whose consumers' positions move along, no two of one consumer and aggregate. When one must not be
    /// applied, nothing is written.
    pub deliveries: Vec<Delivery>,
    /// The line for the command log.
    pub replay: Option<ReplayRecord>,
    /// The context whose events these are.
    source: &'static str,
}

impl<R> WriteSet<R> {
    /// The write set of the command of `meta` in the context named `source`.
    pub fn new(
        rows: R,
        events: Vec<NewEvent>,
        replay: Option<ReplayRecord>,
        source: &'static str,
        meta: &CommandMeta,
        ids: &dyn IdGenerator,
    ) -> Self {
        let write_set = Self {
            rows,
            events: Vec::with_capacity(events.len()),
            deliveries: Vec::new(),
            replay,
            source,
        };
        write_set.and_also(events, meta, ids)
    }

    /// The same, with what another command led to: its events carry its meta, and its delivery's position moves along.
    #[must_use]
    pub fn and_also(mut self, events: Vec<NewEvent>, meta: &CommandMeta, ids: &dyn IdGenerator) -> Self {
        let source = self.source;
        self.events.extend(events.into_iter().map(|event| UnloggedEvent {
            audience: event.audience,
            envelope: Envelope::new(event, EventId::new(ids.next_id()), source, meta),
        }));
        self.deliveries.extend(meta.delivery);
        self
    }
}

/// Why a delivery must not be applied by a consumer that stands at `position`, if it must not.
pub(crate) fn refusal(delivery: &Delivery, position: i64) -> Option<CommitError> {
    // The tables hold no position outside a version's range.
    let position = Version::new(u32::try_from(position).unwrap_or(u32::MAX));
    // Whether something is held or paused was asked before the handler ran; in the transaction only the position counts.
    let standing = Standing {
        position,
        held_from: None,
        paused: false,
    };
    match standing.arrival_of(delivery) {
        Arrival::Attempt | Arrival::Held => None,
        Arrival::Duplicate => Some(CommitError::AlreadyApplied),
        Arrival::Wait => Some(CommitError::DeliveryGap {
            position,
            previous: delivery.previous_version,
        }),
    }
}
