//! Positions and pending deliveries in memory, for tests and fakes: the data behind a [`DeliveryStore`](crate::DeliveryStore).

mod delivery_store;

use std::{collections::BTreeMap, time::Duration};

use message_bus::{CommitError, Delivery};
use shared_kernel::{Timestamp, Version};
use uuid::Uuid;

use crate::{Attempt, AttemptEnd, ConsumerProgress, DeliveryState, PendingDelivery, delivery::Arrival};

pub use delivery_store::DeliveriesInMemory;

/// What the context of one consumer stores for it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConsumerState {
    /// Whether an operator paused the consumer.
    pub paused: bool,
    positions: BTreeMap<Uuid, Version>,
    rows: BTreeMap<(Uuid, Version), DeliveryRow>,
}

/// A pending delivery with its attempts.
#[derive(Clone, Debug, PartialEq)]
pub struct DeliveryRow {
    /// The delivery.
    pub pending: PendingDelivery,
    /// Its attempts, the first one first.
    pub attempts: Vec<Attempt>,
    /// When it was done or discarded.
    pub ended_at: Option<Timestamp>,
}

const fn key(delivery: &Delivery) -> (Uuid, Version) {
    (delivery.aggregate_id, delivery.version)
}

impl DeliveryRow {
    /// Whether later deliveries have to wait for it.
    pub const fn is_unfinished(&self) -> bool {
        !matches!(self.pending.state, DeliveryState::Done | DeliveryState::Discarded)
    }

    fn turn(&mut self, state: DeliveryState, at: Timestamp) {
        self.pending.state = state;
        self.ended_at = (!self.is_unfinished()).then_some(at);
    }

    fn count_interruptions(&mut self) {
        let before_replay = self.pending.attempts_before_replay;
        let since_replay = self
            .attempts
            .iter()
            .filter(|attempt| attempt.number > before_replay);
        let open = since_replay
            .rev()
            .take_while(|attempt| attempt.ended_at.is_none());
        self.pending.interruptions = u32::try_from(open.count()).unwrap_or(u32::MAX);
    }
}

impl ConsumerState {
    /// The version of the last event of an aggregate that was applied.
    pub fn position(&self, aggregate_id: Uuid) -> Version {
        self.positions.get(&aggregate_id).copied().unwrap_or_default()
    }

    /// All rows, in the order of aggregates and versions.
    pub fn rows(&self) -> impl Iterator<Item = &DeliveryRow> {
        self.rows.values()
    }

    /// The row of one delivery.
    pub fn row(&self, aggregate_id: Uuid, version: Version) -> Option<&DeliveryRow> {
        self.rows.get(&(aggregate_id, version))
    }

    /// The unfinished rows of an aggregate, in order.
    pub fn unfinished(&self, aggregate_id: Uuid) -> impl Iterator<Item = &DeliveryRow> {
        let rows = self.rows.range((aggregate_id, Version::NEVER_STORED)..);
        rows.take_while(move |((of, _), _)| *of == aggregate_id)
            .map(|(_, row)| row)
            .filter(|row| row.is_unfinished())
    }

    /// Removes rows.
    pub fn retain(&mut self, keep: impl Fn(&DeliveryRow) -> bool) {
        self.rows.retain(|_, row| keep(row));
    }

    /// Moves the position, as the transaction of a handler's effect does.
    ///
    /// # Errors
    /// Why the effect must not be applied.
    pub fn apply(&mut self, delivery: &Delivery) -> Result<(), CommitError> {
        let position = self.position(delivery.aggregate_id);
        // Whether something is pending was checked before the handler ran; in the transaction only the position counts.
        let progress = ConsumerProgress {
            position,
            held_from: None,
            paused: false,
        };
        match progress.arrival_of(delivery) {
            Arrival::Attempt => {
                self.positions.insert(delivery.aggregate_id, delivery.version);
                Ok(())
            }
            Arrival::Duplicate => Err(CommitError::AlreadyApplied),
            Arrival::Pending | Arrival::Wait => Err(CommitError::DeliveryGap {
                position,
                previous: delivery.previous_version,
            }),
        }
    }

    /// See [`DeliveryStore::progress`](crate::DeliveryStore::progress).
    pub fn progress(&self, delivery: &Delivery) -> ConsumerProgress {
        let mut unfinished = self.unfinished(delivery.aggregate_id);
        ConsumerProgress {
            position: self.position(delivery.aggregate_id),
            held_from: unfinished.next().map(|row| row.pending.delivery.version),
            paused: self.paused,
        }
    }

    /// See [`DeliveryStore::hold`](crate::DeliveryStore::hold).
    pub fn hold(&mut self, pending: PendingDelivery, attempt: Option<Attempt>) {
        self.rows.entry(key(&pending.delivery)).or_insert(DeliveryRow {
            pending,
            attempts: attempt.into_iter().collect(),
            ended_at: None,
        });
    }

    /// See [`DeliveryStore::begin_attempt`](crate::DeliveryStore::begin_attempt).
    pub fn begin_attempt(
        &mut self,
        pending: &PendingDelivery,
        began_at: Timestamp,
        again_at: Timestamp,
    ) -> bool {
        let Some(row) = self.rows.get_mut(&key(&pending.delivery)) else {
            return false;
        };
        let goes_on = matches!(
            row.pending.state,
            DeliveryState::Waiting | DeliveryState::Retrying { .. }
        );
        if !goes_on || row.pending.attempts != pending.attempts {
            return false;
        }
        row.pending.attempts = row.pending.attempts.saturating_add(1);
        row.pending.state = DeliveryState::Retrying {
            next_attempt_at: again_at,
        };
        row.attempts.push(Attempt {
            number: row.pending.attempts,
            began_at,
            ended_at: None,
            error: None,
        });
        row.count_interruptions();
        true
    }

    /// See [`DeliveryStore::end_attempt`](crate::DeliveryStore::end_attempt). Returns whether this attempt could still change the delivery's state.
    pub fn end_attempt(&mut self, delivery: &Delivery, number: u32, end: &AttemptEnd) -> bool {
        let Some(row) = self.rows.get_mut(&key(delivery)) else {
            return false;
        };
        if let Some(attempt) = row.attempts.iter_mut().find(|attempt| attempt.number == number) {
            attempt.ended_at = Some(end.at);
            attempt.error.clone_from(&end.error);
        }
        row.count_interruptions();
        let decides =
            row.pending.attempts == number && matches!(row.pending.state, DeliveryState::Retrying { .. });
        if decides {
            row.pending.last_error = end.error.clone().or_else(|| row.pending.last_error.take());
            row.turn(end.state, end.at);
        }
        decides
    }

    /// See [`DeliveryStore::mark_outcome`](crate::DeliveryStore::mark_outcome). Returns whether the row was as it had been read.
    pub fn mark_outcome(
        &mut self,
        pending: &PendingDelivery,
        at: Timestamp,
        state: DeliveryState,
        error: Option<&str>,
    ) -> bool {
        let Some(row) = self.rows.get_mut(&key(&pending.delivery)) else {
            return false;
        };
        let unchanged = row.pending.state == pending.state && row.pending.attempts == pending.attempts;
        if unchanged {
            row.pending.last_error = error.map(str::to_owned).or_else(|| row.pending.last_error.take());
            row.turn(state, at);
        }
        unchanged
    }

    /// See [`DeliveryStore::due`](crate::DeliveryStore::due).
    pub fn due(&self, now: Timestamp, longest_wait: Duration, limit: u32) -> Vec<PendingDelivery> {
        let latest = now.plus_milliseconds(i64::try_from(longest_wait.as_millis()).unwrap_or(i64::MAX));
        let is_due = |row: &&DeliveryRow| match row.pending.state {
            DeliveryState::Waiting => row.pending.delivery.previous_version <= self.position_of(row),
            DeliveryState::Retrying { next_attempt_at } => next_attempt_at <= now || next_attempt_at > latest,
            DeliveryState::Done | DeliveryState::Dead | DeliveryState::Discarded => false,
        };
        if self.paused {
            return Vec::new();
        }
        self.oldest_heads(is_due, limit)
    }

    /// See [`DeliveryStore::gaps`](crate::DeliveryStore::gaps).
    pub fn gaps(&self, held_before: Timestamp, limit: u32) -> Vec<PendingDelivery> {
        let is_gap = |row: &&DeliveryRow| {
            row.pending.state == DeliveryState::Waiting
                && row.pending.held_at < held_before
                && row.pending.delivery.previous_version > self.position_of(row)
        };
        if self.paused {
            return Vec::new();
        }
        self.oldest_heads(is_gap, limit)
    }

    /// Makes a dead delivery be tried again at once, and keeps its earlier attempts.
    pub fn replay(&mut self, aggregate_id: Uuid, version: Version, at: Timestamp) {
        if let Some(row) = self.dead(aggregate_id, version) {
            row.pending.attempts_before_replay = row.pending.attempts;
            row.count_interruptions();
            row.turn(DeliveryState::Retrying { next_attempt_at: at }, at);
        }
    }

    /// Decides that a dead delivery is never applied: the position moves past it, and never backwards.
    pub fn discard(&mut self, aggregate_id: Uuid, version: Version, at: Timestamp) {
        if let Some(row) = self.dead(aggregate_id, version) {
            row.turn(DeliveryState::Discarded, at);
            let position = self.positions.entry(aggregate_id).or_default();
            *position = version.max(*position);
        }
    }

    fn dead(&mut self, aggregate_id: Uuid, version: Version) -> Option<&mut DeliveryRow> {
        let row = self.rows.get_mut(&(aggregate_id, version));
        row.filter(|row| row.pending.state == DeliveryState::Dead)
    }

    fn oldest_heads(&self, wanted: impl Fn(&&DeliveryRow) -> bool, limit: u32) -> Vec<PendingDelivery> {
        let mut heads: BTreeMap<Uuid, &DeliveryRow> = BTreeMap::new();
        for row in self.rows.values().filter(|row| row.is_unfinished()) {
            heads.entry(row.pending.delivery.aggregate_id).or_insert(row);
        }
        let mut rows: Vec<&DeliveryRow> = heads.into_values().filter(wanted).collect();
        rows.sort_by_key(|row| row.pending.held_at);
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        rows.into_iter().map(|row| row.pending.clone()).collect()
    }

    fn position_of(&self, row: &DeliveryRow) -> Version {
        self.position(row.pending.delivery.aggregate_id)
    }
}
