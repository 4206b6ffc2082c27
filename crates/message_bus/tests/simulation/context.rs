//! A consumer's context: positions and the rows of held deliveries, with what its database promises of them.

use std::collections::BTreeMap;

use message_bus::{Attempt, AttemptEnd, CommitError, Delivery, DeliveryState, HeldDelivery, Standing};
use shared_kernel::{Timestamp, Version};

use crate::source_log::aggregate_of;

/// A delivery's row, and its attempts' rows.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    pub(crate) held: HeldDelivery,
    pub(crate) attempts: Vec<Attempt>,
    /// When it was done or discarded, in virtual time.
    pub(crate) ended_at: Option<u64>,
}

/// A context with one consumer, and what the model knows about that.
pub(crate) struct Context {
    pub(crate) number: usize,
    pub(crate) rows: BTreeMap<(usize, Version), Row>,
    pub(crate) positions: Vec<Version>,
    /// Since when it is paused, in virtual time.
    pub(crate) paused_at: Option<u64>,
    /// The sequence after which it takes events.
    pub(crate) begins_after: Option<i64>,
    /// For each aggregate, the last version whose effect was seen, or that somebody discarded.
    pub(crate) seen: Vec<u32>,
    /// How often the process ended in attempts at a delivery: by row, in a row; and directly.
    pub(crate) killed_by_row: BTreeMap<(usize, u32), u32>,
    pub(crate) killed_directly: BTreeMap<(usize, u32), u32>,
    /// How often the handler was called for a delivery's row.
    pub(crate) called_by_row: BTreeMap<(usize, u32), u32>,
}

fn key(delivery: &Delivery) -> (usize, Version) {
    (aggregate_of(delivery.aggregate_id), delivery.version)
}

impl Row {
    /// Whether it stands in the way of what comes after it.
    pub(crate) const fn is_unfinished(&self) -> bool {
        !matches!(self.held.state, DeliveryState::Done | DeliveryState::Discarded)
    }

    fn turn(&mut self, state: DeliveryState, at: u64) {
        self.held.state = state;
        self.ended_at = (!self.is_unfinished()).then_some(at);
    }

    fn count_interruptions(&mut self) {
        let since_replay = self.attempts.iter().skip(self.held.attempts_before_replay as usize);
        let open = since_replay.rev().take_while(|attempt| attempt.ended_at.is_none());
        self.held.interruptions = u32::try_from(open.count()).unwrap();
    }
}

impl Context {
    pub(crate) fn new(number: usize, aggregates: usize) -> Self {
        Self {
            number,
            rows: BTreeMap::new(),
            positions: vec![Version::NEVER_STORED; aggregates],
            paused_at: None,
            begins_after: None,
            seen: vec![0; aggregates],
            killed_by_row: BTreeMap::new(),
            killed_directly: BTreeMap::new(),
            called_by_row: BTreeMap::new(),
        }
    }

    /// The unfinished rows of an aggregate, in order.
    pub(crate) fn unfinished(&self, aggregate: usize) -> impl Iterator<Item = &Row> {
        let all = (aggregate, Version::NEVER_STORED)..(aggregate + 1, Version::NEVER_STORED);
        self.rows.range(all).map(|(_, row)| row).filter(|row| row.is_unfinished())
    }

    pub(crate) fn standing(&self, delivery: &Delivery) -> Standing {
        let aggregate = aggregate_of(delivery.aggregate_id);
        Standing {
            position: self.positions[aggregate],
            held_from: self.unfinished(aggregate).next().map(|row| row.held.delivery.version),
            paused: self.paused_at.is_some(),
        }
    }

    pub(crate) fn hold(&mut self, held: HeldDelivery, attempt: Option<Attempt>) {
        let attempts = attempt.into_iter().collect();
        self.rows.entry(key(&held.delivery)).or_insert(Row {
            held,
            attempts,
            ended_at: None,
        });
    }

    /// Whether the attempt may begin, and the attempts that never ended before it.
    pub(crate) fn begin_attempt(&mut self, held: &HeldDelivery, began_at: Timestamp, again_at: Timestamp) -> Option<u32> {
        let row = self.rows.get_mut(&key(&held.delivery))?;
        let may_begin = matches!(row.held.state, DeliveryState::Waiting | DeliveryState::Retrying { .. });
        if !may_begin || row.held.attempts != held.attempts {
            return None;
        }
        let interruptions = row.held.interruptions;
        row.held.attempts += 1;
        row.held.state = DeliveryState::Retrying {
            next_attempt_at: again_at,
        };
        row.attempts.push(Attempt {
            number: row.held.attempts,
            began_at,
            ended_at: None,
            error: None,
        });
        row.count_interruptions();
        Some(interruptions)
    }

    /// Whether the delivery's state was the attempt's to change.
    pub(crate) fn end_attempt(&mut self, delivery: &Delivery, number: u32, end: &AttemptEnd, at: u64) -> bool {
        let Some(row) = self.rows.get_mut(&key(delivery)) else {
            return false;
        };
        if let Some(attempt) = row.attempts.iter_mut().find(|attempt| attempt.number == number) {
            attempt.ended_at = Some(end.at);
            attempt.error.clone_from(&end.error);
        }
        row.count_interruptions();
        let decides = row.held.attempts == number && matches!(row.held.state, DeliveryState::Retrying { .. });
        if decides {
            if end.error.is_some() {
                row.held.last_error.clone_from(&end.error);
            }
            row.turn(end.state, at);
        }
        decides
    }

    /// Whether the row was as it had been read.
    pub(crate) fn settle(
        &mut self,
        held: &HeldDelivery,
        state: DeliveryState,
        error: Option<&str>,
        at: u64,
    ) -> bool {
        let Some(row) = self.rows.get_mut(&key(&held.delivery)) else {
            return false;
        };
        let unchanged = row.held.state == held.state && row.held.attempts == held.attempts;
        if unchanged {
            if let Some(error) = error {
                row.held.last_error = Some(error.to_owned());
            }
            row.turn(state, at);
        }
        unchanged
    }

    pub(crate) fn due(&self, now: Timestamp, limit: u32) -> Vec<HeldDelivery> {
        if self.paused_at.is_some() {
            return Vec::new();
        }
        let is_due = |row: &&Row| match row.held.state {
            DeliveryState::Waiting => row.held.delivery.previous_version <= self.position_of(row),
            DeliveryState::Retrying { next_attempt_at } => next_attempt_at <= now,
            DeliveryState::Done | DeliveryState::Dead | DeliveryState::Discarded => false,
        };
        self.oldest_heads(is_due, limit)
    }

    pub(crate) fn gaps(&self, held_before: Timestamp, limit: u32) -> Vec<HeldDelivery> {
        let is_gap = |row: &&Row| {
            row.held.state == DeliveryState::Waiting
                && row.held.held_at < held_before
                && row.held.delivery.previous_version > self.position_of(row)
        };
        self.oldest_heads(is_gap, limit)
    }

    fn oldest_heads(&self, wanted: impl Fn(&&Row) -> bool, limit: u32) -> Vec<HeldDelivery> {
        let heads = (0..self.positions.len()).filter_map(|aggregate| self.unfinished(aggregate).next());
        let mut rows: Vec<&Row> = heads.filter(wanted).collect();
        rows.sort_by_key(|row| row.held.held_at);
        rows.truncate(limit as usize);
        rows.into_iter().map(|row| row.held.clone()).collect()
    }

    fn position_of(&self, row: &Row) -> Version {
        self.positions[aggregate_of(row.held.delivery.aggregate_id)]
    }

    /// What a database does in the transaction of a handler's effect.
    pub(crate) fn refusal(&self, delivery: &Delivery) -> Option<CommitError> {
        let position = self.positions[aggregate_of(delivery.aggregate_id)];
        if delivery.version <= position {
            return Some(CommitError::AlreadyApplied);
        }
        (delivery.previous_version > position).then_some(CommitError::DeliveryGap {
            position,
            previous: delivery.previous_version,
        })
    }

    /// An operator has a dead delivery tried again.
    pub(crate) fn replay(&mut self, aggregate: usize, version: Version) {
        if let Some(row) = self.rows.get_mut(&(aggregate, version)) {
            row.held.attempts_before_replay = row.held.attempts;
            row.held.interruptions = 0;
            row.turn(DeliveryState::Waiting, 0);
            self.killed_by_row.remove(&(aggregate, version.number()));
        }
    }

    /// An operator decides that a dead delivery is never applied. The position moves past it, and never back.
    pub(crate) fn discard(&mut self, aggregate: usize, version: Version, at: u64) {
        if let Some(row) = self.rows.get_mut(&(aggregate, version)) {
            row.turn(DeliveryState::Discarded, at);
            self.positions[aggregate] = version.max(self.positions[aggregate]);
        }
    }
}
