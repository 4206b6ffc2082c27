//! The rules of delivery, as plain decisions: what to do with an event that arrives at a consumer,
//! and what happens to a delivery that failed.

use std::time::Duration;

use message_bus::{Delivery, HandlingError, Limits};
use shared_kernel::{Timestamp, Version};

/// A consumer's progress with one aggregate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConsumerProgress {
    /// The version of the last event applied.
    pub position: Version,
    /// The earliest version whose delivery is pending (retrying, dead or waiting), if any is.
    pub held_from: Option<Version>,
    /// Whether an operator paused the consumer.
    pub paused: bool,
}

/// What to do with an event that arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// It was applied before.
    Duplicate,
    /// It has a row already, which goes on by itself.
    Pending,
    /// Hand it to the handler.
    Attempt,
    /// Store it: an earlier event of the same aggregate is pending or has not arrived, or the consumer is paused.
    Wait,
}

impl ConsumerProgress {
    /// Decides what to do with a delivery when it arrives.
    pub fn arrival_of(self, delivery: &Delivery) -> Arrival {
        if delivery.version <= self.position {
            Arrival::Duplicate
        } else if self.held_from == Some(delivery.version) {
            Arrival::Pending
        } else if self.paused || self.held_from.is_some_and(|pending| pending < delivery.version) {
            Arrival::Wait
        } else if delivery.previous_version > self.position {
            // A gap: the missing event was published before this one, and will be again.
            Arrival::Wait
        } else {
            Arrival::Attempt
        }
    }
}

/// The state of a delivery that did not succeed at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// Applied after all; the row stays as a record of the attempts.
    Done,
    /// To be tried, or tried again, at a set time.
    Retrying {
        /// When.
        next_attempt_at: Timestamp,
    },
    /// Behind an earlier delivery of the same aggregate, or its consumer is paused.
    Waiting,
    /// Given up until an operator replays or discards it.
    Dead,
    /// An operator decided that it is never applied. What waited behind it goes on.
    Discarded,
}

impl DeliveryState {
    /// The name under which it is stored.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Retrying { .. } => "retrying",
            Self::Waiting => "waiting",
            Self::Dead => "dead",
            Self::Discarded => "discarded",
        }
    }
}

/// The new state of a delivery whose attempt number `attempt` since it was first stored, or last replayed,
/// failed. `random` is any uniformly distributed number.
pub fn after_failure(
    error: &HandlingError,
    attempt: u32,
    limits: &Limits,
    now: Timestamp,
    random: u64,
) -> DeliveryState {
    match error {
        HandlingError::Permanent(_) => DeliveryState::Dead,
        HandlingError::Transient(_) | HandlingError::Conflict(_) if attempt >= limits.attempts => {
            DeliveryState::Dead
        }
        HandlingError::Transient(_) | HandlingError::Conflict(_) => {
            let pause = backoff_milliseconds(attempt, limits.longest_pause_milliseconds, random);
            DeliveryState::Retrying {
                next_attempt_at: now.plus_milliseconds(i64::try_from(pause).unwrap_or(i64::MAX)),
            }
        }
    }
}

/// The ceiling of the pause before the second attempt, in milliseconds.
const FIRST_BACKOFF_MILLISECONDS: u64 = 200;
/// The shortest pause, in milliseconds: a handler that fails fast must not be called in a tight loop.
const SHORTEST_BACKOFF_MILLISECONDS: u64 = 50;

/// By how much the clocks of processes that serve one database may differ.
const CLOCKS_DIFFER_BY: Duration = Duration::from_mins(1);

/// The longest time for which a next attempt is ever planned ahead: after a failure, by the longest pause; while an attempt is made, by its deadline.
pub fn longest_wait(limits: &Limits) -> Duration {
    let planned = limits
        .longest_pause_milliseconds
        .max(limits.deadline_milliseconds);
    Duration::from_millis(planned).saturating_add(CLOCKS_DIFFER_BY)
}

/// The pause after attempt number `attempt` (1 for the first) failed, in milliseconds: its ceiling doubles with each attempt up to
/// `longest`, and it is anything up to there (full jitter), so that deliveries which failed together do not return together.
/// Source: Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
pub fn backoff_milliseconds(attempt: u32, longest: u64, random: u64) -> u64 {
    let doubled = FIRST_BACKOFF_MILLISECONDS.saturating_mul(1_u64 << attempt.saturating_sub(1).min(32));
    let ceiling = doubled.min(longest).max(1);
    SHORTEST_BACKOFF_MILLISECONDS.max(random % ceiling)
}

#[cfg(test)]
mod tests;
