//! A clock and an id generator for tests and fakes, without any input from outside.

use std::{
    sync::atomic::{AtomicI64, AtomicU64, Ordering},
    time::Duration,
};

use uuid::Uuid;

use crate::{Clock, IdGenerator, Timestamp};

/// A clock that moves only when a test moves it.
#[derive(Debug)]
pub struct ManualClock {
    now: AtomicI64,
    /// Microseconds.
    running_for: AtomicU64,
}

impl ManualClock {
    /// A clock that shows `time`.
    pub const fn at(time: Timestamp) -> Self {
        Self {
            now: AtomicI64::new(time.as_microseconds()),
            running_for: AtomicU64::new(0),
        }
    }

    /// Lets time go by. With a negative number the clock is only set back.
    pub fn advance_seconds(&self, seconds: i64) {
        let gone_by = u64::try_from(seconds).unwrap_or(0) * 1_000_000;
        self.running_for.fetch_add(gone_by, Ordering::SeqCst);
        self.set_by_seconds(seconds);
    }

    /// Sets the clock, on or back, while no time goes by.
    pub fn set_by_seconds(&self, seconds: i64) {
        let moved = self.now().plus_seconds(seconds);
        self.now.store(moved.as_microseconds(), Ordering::SeqCst);
    }
}

/// Shows 2026-01-01T00:00:00Z.
impl Default for ManualClock {
    fn default() -> Self {
        Self {
            now: AtomicI64::new(1_767_225_600_000_000),
            running_for: AtomicU64::new(0),
        }
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        // The number was made from a valid time; no other value gets here.
        Timestamp::from_microseconds(self.now.load(Ordering::SeqCst))
            .unwrap_or_else(|_| unreachable!("a manual clock holds only times"))
    }

    fn running_for(&self) -> Duration {
        Duration::from_micros(self.running_for.load(Ordering::SeqCst))
    }
}

/// Ids and "random" bytes that count up, so that a test sees the same ones each time.
#[derive(Debug, Default)]
pub struct CountingIds(AtomicU64);

impl CountingIds {
    fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::SeqCst) + 1
    }
}

impl IdGenerator for CountingIds {
    fn next_id(&self) -> Uuid {
        let mut bytes = u128::from(self.next()).to_be_bytes();
        bytes[6] |= 0x70;
        bytes[8] |= 0x80;
        Uuid::from_bytes(bytes)
    }

    fn random_bytes(&self) -> [u8; 32] {
        // An odd multiplier spreads the count over all bits, and no two counts give the same bytes.
        let mut spread = self.next();
        let mut bytes = [0; 32];
        for part in bytes.chunks_exact_mut(8) {
            spread = spread.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(23);
            part.copy_from_slice(&spread.to_be_bytes());
        }
        bytes
    }
}
