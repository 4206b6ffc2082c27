//! Where time comes from.

use std::time::Duration;

use crate::Timestamp;

/// The only source of the current time. The binary supplies the real one, tests their own.
pub trait Clock: Send + Sync {
    /// The current time, as the machine's clock has it. That can be wrong, and be set.
    fn now(&self) -> Timestamp;

    /// How long this process has been running, by a clock that cannot be set and never goes back. Only the difference of two answers
    /// has a meaning.
    fn running_for(&self) -> Duration;
}
