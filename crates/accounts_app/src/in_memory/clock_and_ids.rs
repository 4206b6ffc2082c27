//! Time that stands still until it is moved, and ids that can be foretold.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use shared_kernel::{Clock, IdGenerator, Timestamp};
use uuid::Uuid;

/// Ids are this one plus a count.
const FIRST_ID: u128 = 0x0197_b2c4_6d00_7000_8000_0000_0000_0000;

/// A clock that stands at the given time until it is moved.
pub struct SettableClock {
    start: Timestamp,
    passed_milliseconds: AtomicI64,
}

impl SettableClock {
    /// A clock that stands at `start`.
    pub const fn at(start: Timestamp) -> Self {
        Self {
            start,
            passed_milliseconds: AtomicI64::new(0),
        }
    }

    /// Lets time pass.
    pub fn advance_milliseconds(&self, milliseconds: i64) {
        self.passed_milliseconds.fetch_add(milliseconds, Ordering::SeqCst);
    }
}

impl Clock for SettableClock {
    fn now(&self) -> Timestamp {
        self.start
            .plus_milliseconds(self.passed_milliseconds.load(Ordering::SeqCst))
    }
}

/// Ids and random bytes that count up.
#[derive(Default)]
pub struct CountingIds(AtomicU64);

impl IdGenerator for CountingIds {
    fn next_id(&self) -> Uuid {
        Uuid::from_u128(FIRST_ID + u128::from(self.0.fetch_add(1, Ordering::SeqCst)))
    }

    fn random_bytes(&self) -> [u8; 32] {
        let count = self.0.fetch_add(1, Ordering::SeqCst).to_le_bytes();
        std::array::from_fn(|place| count.get(place).copied().unwrap_or_default())
    }
}
