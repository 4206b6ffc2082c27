//! Time that was lived through: what retention goes by, since any reading of a clock may be wrong.
//!
//! A context's database counts for how long it was served, by a clock that nobody sets, and beside that it keeps a time which follows the
//! machine's clock: no row is stamped with an earlier one. What that was, hour by hour of the time lived, tells what is old enough to be forgotten:
//! whatever is stamped before the earliest of the stamps that were given in the last thirty lived days was stored before those days. That holds
//! wherever the clock stood meanwhile. A clock that jumps is not followed until it was lived with for a day, so that what one start with a wrong clock
//! stamps is no rule for what comes after it.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use crate::{
    ReadError, columns::RowTime, event_log::event_row::to_time, opening::context_database::ClockJump,
};

const SECOND: i64 = 1_000_000;
/// How much of the time lived one line of `lived_hours` stands for, in microseconds.
const HOUR: i64 = 60 * 60 * SECOND;
/// How far a clock may be from where it is expected without having jumped, in microseconds.
const NO_JUMP: i64 = HOUR;
/// For how long a clock that has jumped is lived with until it is followed again, in microseconds.
const SETTLED: i64 = 24 * HOUR;

/// What was stored before a whole time was lived, of which `$1` is the length in microseconds; nothing when less was lived. One text for both
/// engines.
pub(crate) const STORED_BEFORE: &str = "SELECT min(line.stamps_from) AS before FROM lived_hours AS line
     WHERE line.lived >= (SELECT max(lived) FROM lived_hours WHERE lived <= (SELECT lived FROM lived_time) - $1)";

/// The row of `lived_time`. All but `stamps_from` are microseconds that were lived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LivedTime {
    pub(crate) lived: i64,
    pub(crate) stamps_from: RowTime,
    pub(crate) jumped_at: Option<i64>,
}

impl LivedTime {
    /// Nothing was lived yet, and the clock stands here.
    pub(crate) const fn beginning(clock: RowTime) -> Self {
        Self {
            lived: 0,
            stamps_from: clock,
            jumped_at: None,
        }
    }

    /// What it is when so many microseconds more were lived, and the clock stands here.
    pub(crate) fn after(self, more: i64, clock: RowTime) -> Self {
        let lived = self.lived.saturating_add(more);
        let expected = self.stamps_from.0.saturating_add(more);
        let jumped_at = self.jumped_at.unwrap_or(lived);
        if clock.0.abs_diff(expected) <= NO_JUMP.unsigned_abs() || lived - jumped_at >= SETTLED {
            return Self {
                lived,
                stamps_from: clock,
                jumped_at: None,
            };
        }
        Self {
            lived,
            stamps_from: RowTime(expected),
            jumped_at: Some(jumped_at),
        }
    }

    /// Whether `lived_hours` gets a line when `before` becomes this: a new hour began, or stamps may be earlier now than they were.
    pub(crate) fn begins_a_line(self, before: Self) -> bool {
        self.lived / HOUR > before.lived / HOUR || self.stamps_from < before.stamps_from
    }

    /// How far from here the clock stands, while it is taken to have jumped.
    fn jump(self, clock: RowTime) -> Result<Option<ClockJump>, ReadError> {
        self.jumped_at
            .map(|_| {
                Ok(ClockJump {
                    clock: to_time(clock)?,
                    expected: to_time(self.stamps_from)?,
                })
            })
            .transpose()
    }
}

/// What this process lived through of a context's time, so that no other's is counted twice.
#[derive(Default)]
pub(crate) struct OwnLife {
    /// What `lived` was when this process last wrote it, and for how long the process had been running then.
    written: Mutex<Option<(i64, Duration)>>,
    jump_seconds: AtomicI64,
}

impl OwnLife {
    /// The row that comes after `found`, and the jump if there is one. Time counts that this process lived since it wrote `lived` as it finds it now;
    /// when another has gone on meanwhile, that one has counted it.
    pub(crate) fn go_on(
        &self,
        found: LivedTime,
        running_for: Duration,
        clock: RowTime,
    ) -> Result<(LivedTime, Option<ClockJump>), ReadError> {
        let more = match *self.written() {
            Some((lived, at)) if lived == found.lived => running_for.saturating_sub(at),
            _ => Duration::ZERO,
        };
        let next = found.after(microseconds(more), clock);
        let jump = next.jump(clock)?;
        let seconds = jump.map_or(0, ClockJump::seconds);
        self.jump_seconds.store(seconds, Ordering::Relaxed);
        Ok((next, jump))
    }

    /// The row was written; `None` when another process was faster, or this one may not.
    pub(crate) fn has_written(&self, row: Option<LivedTime>, running_for: Duration) {
        *self.written() = row.map(|row| (row.lived, running_for));
    }

    /// By how many seconds the clock has jumped ahead, or back when negative.
    pub(crate) fn jump_seconds(&self) -> i64 {
        self.jump_seconds.load(Ordering::Relaxed)
    }

    /// Nothing panics while this lock is held, so a poisoned one is as good as any.
    fn written(&self) -> MutexGuard<'_, Option<(i64, Duration)>> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A duration in microseconds, of which the largest is as good as any that is larger.
pub(crate) fn microseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

impl ClockJump {
    /// How far ahead the clock stands, in seconds; negative when it is behind.
    pub const fn seconds(self) -> i64 {
        self.clock.milliseconds_since(self.expected) / 1000
    }
}

#[cfg(test)]
mod tests;
