//! Where time comes from.

use crate::Timestamp;

/// The only source of the current time. The binary supplies the real one, tests their own.
pub trait Clock: Send + Sync {
    /// The current time.
    fn now(&self) -> Timestamp;
}
