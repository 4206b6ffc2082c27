//! The rules of delivery, as plain decisions: what to do with an event that arrives at a consumer,
//! and what becomes of a delivery that failed.

use shared_kernel::{EventId, Timestamp, Version};
use uuid::Uuid;

use crate::{Conflict, UseCaseError};

/// One event on its way to one consumer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The consumer's name.
    pub consumer: &'static str,
    /// The event.
    pub event_id: EventId,
    /// The aggregate the event is about.
    pub aggregate_id: Uuid,
    /// The version that the event led to: the consumer's position once it is applied.
    pub version: Version,
    /// The last earlier version whose event this consumer takes; `NEVER_STORED` when there is none.
    pub previous_version: Version,
}

/// What a consumer knows about one aggregate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The version of the last event applied.
    pub position: Version,
    /// The earliest version whose delivery is held (retrying, dead or waiting), if any is.
    pub held_from: Option<Version>,
}

/// What to do with an event that arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// It was applied before.
    Duplicate,
    /// Hand it to the handler.
    Attempt,
    /// Something earlier of the same aggregate is held: keep it behind that.
    WaitBehind,
    /// Something earlier has not arrived: keep it until it has.
    Gap,
}

impl Delivery {
    /// Decides what to do with this delivery when it arrives.
    pub fn arrives_at(&self, standing: Standing) -> Arrival {
        if self.version <= standing.position {
            Arrival::Duplicate
        } else if standing.held_from.is_some_and(|held| held < self.version) {
            Arrival::WaitBehind
        } else if self.previous_version > standing.position {
            Arrival::Gap
        } else {
            Arrival::Attempt
        }
    }
}

/// The state of a delivery that did not succeed at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeliveryState {
    /// Applied after all; the row stays as a record of the attempts.
    Done,
    /// Failed, and tried again at a set time.
    Retrying {
        /// When.
        next_attempt_at: Timestamp,
    },
    /// Behind an earlier delivery of the same aggregate that is held.
    Waiting,
    /// Given up until somebody replays it. Reserved: for now every failure is retried, for ever.
    Dead,
}

impl DeliveryState {
    /// The name under which it is stored.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Retrying { .. } => "retrying",
            Self::Waiting => "waiting",
            Self::Dead => "dead",
        }
    }
}

/// Why a handler did not apply an event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HandlingError {
    /// Something that may be better soon.
    #[error("transient: {0}")]
    Transient(String),
    /// Something that trying again will not mend.
    #[error("permanent: {0}")]
    Permanent(String),
    /// Somebody changed the same thing; reload and decide again.
    #[error("conflict: {0}")]
    Conflict(String),
}

impl From<UseCaseError> for HandlingError {
    fn from(error: UseCaseError) -> Self {
        let message = error.to_string();
        match error {
            UseCaseError::Refused(_) | UseCaseError::NotFound(_) => Self::Permanent(message),
            UseCaseError::Conflict(Conflict::StaleVersion { .. } | Conflict::OthersWereFaster) => {
                Self::Conflict(message)
            }
            UseCaseError::Unavailable(_) => Self::Transient(message),
        }
    }
}

/// The shortest pause before another attempt, in milliseconds.
const FIRST_BACKOFF_MILLISECONDS: u64 = 200;
/// The longest pause before another attempt, in milliseconds.
const LONGEST_BACKOFF_MILLISECONDS: u64 = 60_000;

/// The pause after attempt number `attempts` (1 for the first) failed, in milliseconds:
/// exponential, capped at a minute, with full jitter so that deliveries which failed together do not return together.
/// `random` is any uniformly distributed number.
pub fn backoff_milliseconds(attempts: u32, random: u64) -> u64 {
    let doubled = FIRST_BACKOFF_MILLISECONDS.saturating_mul(1_u64 << attempts.saturating_sub(1).min(20));
    let ceiling = doubled.min(LONGEST_BACKOFF_MILLISECONDS);
    // Never at once: a handler that fails fast must not be called in a tight loop.
    FIRST_BACKOFF_MILLISECONDS / 4 + random % ceiling
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delivery(version: u32, previous: u32) -> Delivery {
        Delivery {
            consumer: "test.users",
            event_id: EventId::new(Uuid::nil()),
            aggregate_id: Uuid::nil(),
            version: Version::new(version),
            previous_version: Version::new(previous),
        }
    }

    fn at(position: u32, held_from: Option<u32>) -> Standing {
        Standing {
            position: Version::new(position),
            held_from: held_from.map(Version::new),
        }
    }

    #[test]
    fn the_next_event_is_attempted() {
        assert_eq!(delivery(1, 0).arrives_at(at(0, None)), Arrival::Attempt);
        assert_eq!(delivery(7, 3).arrives_at(at(3, None)), Arrival::Attempt);
    }

    #[test]
    fn an_event_at_or_below_the_position_is_a_duplicate() {
        assert_eq!(delivery(3, 2).arrives_at(at(3, None)), Arrival::Duplicate);
        assert_eq!(delivery(2, 1).arrives_at(at(3, Some(5))), Arrival::Duplicate);
    }

    #[test]
    fn an_event_whose_predecessor_is_missing_is_a_gap() {
        assert_eq!(delivery(5, 4).arrives_at(at(3, None)), Arrival::Gap);
    }

    #[test]
    fn followers_of_a_held_delivery_wait_and_the_head_does_not_wait_for_itself() {
        assert_eq!(delivery(5, 4).arrives_at(at(3, Some(4))), Arrival::WaitBehind);
        assert_eq!(delivery(4, 3).arrives_at(at(3, Some(4))), Arrival::Attempt);
    }

    #[test]
    fn backoff_grows_and_is_capped() {
        assert!(backoff_milliseconds(1, u64::MAX) <= 250);
        for attempts in [1, 2, 10, 1000, u32::MAX] {
            let pause = backoff_milliseconds(attempts, u64::MAX - 7);
            assert!((50..60_050).contains(&pause), "{attempts}: {pause}");
        }
    }
}
