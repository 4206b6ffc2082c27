//! A reservation: what inventory decided about an order's stock, and its state since.
//!
//! It changes together with the stock that it is about, in [`crate::reserve`], [`crate::release`] and [`crate::fulfil`].

use shared_kernel::{
    AggregateRoot, Changes, OrderId, ReservationId, Timestamp, Version,
    events::{ReservedLine, Shortage},
};

use crate::{ReservationRecord, ReservationState};

/// A reservation, an aggregate root. Two are the same one when their ids are.
#[derive(Clone, Debug)]
pub struct Reservation {
    record: ReservationRecord,
    changes: Changes<ReservationEvent>,
}

/// What can have happened to a reservation. Order and lines never change, and are read from the reservation itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReservationEvent {
    /// Its units are reserved.
    Reserved,
    /// There were not enough units.
    Rejected {
        /// What was short.
        shortages: Vec<Shortage>,
    },
    /// Its units are free again.
    Released,
    /// Its units were shipped.
    Committed,
}

impl Reservation {
    /// What was decided about an order: its units are reserved, or some were short.
    pub(crate) fn decided(
        id: ReservationId,
        order_id: OrderId,
        lines: Vec<ReservedLine>,
        decision: Result<(), Vec<Shortage>>,
        at: Timestamp,
    ) -> Self {
        let (state, event) = match decision {
            Ok(()) => (ReservationState::Held, ReservationEvent::Reserved),
            Err(shortages) => (
                ReservationState::Rejected {
                    shortages: shortages.clone(),
                },
                ReservationEvent::Rejected { shortages },
            ),
        };
        let mut changes = Changes::of_a_new_aggregate();
        changes.raise(event);
        let record = ReservationRecord {
            id,
            order_id,
            lines,
            state,
            decided_at: at,
            updated_at: at,
        };
        Self { record, changes }
    }

    /// A reservation as stored. No rule is checked.
    pub const fn rehydrate(record: ReservationRecord, version: Version) -> Self {
        Self {
            record,
            changes: Changes::since(version),
        }
    }

    /// Its data.
    pub const fn record(&self) -> &ReservationRecord {
        &self.record
    }

    pub(crate) fn released(&mut self, at: Timestamp) {
        self.changed(ReservationState::Released, ReservationEvent::Released, at);
    }

    pub(crate) fn fulfilled(&mut self, at: Timestamp) {
        self.changed(ReservationState::Committed, ReservationEvent::Committed, at);
    }

    fn changed(&mut self, state: ReservationState, event: ReservationEvent, at: Timestamp) {
        self.record.state = state;
        self.record.updated_at = at;
        self.changes.raise(event);
    }
}

impl AggregateRoot for Reservation {
    type Id = ReservationId;
    type Event = ReservationEvent;

    fn id(&self) -> ReservationId {
        self.record.id
    }

    fn changes(&self) -> &Changes<ReservationEvent> {
        &self.changes
    }
}

impl PartialEq for Reservation {
    fn eq(&self, other: &Self) -> bool {
        self.record.id == other.record.id
    }
}

impl Eq for Reservation {}
