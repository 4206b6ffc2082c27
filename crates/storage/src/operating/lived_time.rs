//! Lived time: how long a database was served. Retention uses it, since any reading of a clock may be wrong.
//!
//! A context's database counts for how long it was served, by a monotonic clock. Beside that it keeps a time which follows the machine's clock: no
//! row gets an earlier stamp. That time is recorded for each hour of lived time, which shows what is old enough to be deleted: a row whose stamp is
//! earlier than every stamp of the last thirty lived days was stored before those days. That is true whatever the clock showed meanwhile. A clock
//! that has jumped is not followed before a day of lived time has passed, so that one start with a wrong clock does not affect later stamps.

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
/// How much lived time one line of `lived_hours` covers, in microseconds.
const HOUR: i64 = 60 * 60 * SECOND;
/// How far a clock may be from where it is expected without counting as jumped, in microseconds.
const NO_JUMP: i64 = HOUR;
/// After how much lived time a clock that has jumped is followed again, in microseconds.
const SETTLED: i64 = 24 * HOUR;

/// The stamp before which rows are older than a length of lived time, `$1` in microseconds; nothing when less was lived. One text for both
/// engines.
pub(crate) const STORED_BEFORE: &str = "SELECT min(line.stamps_from) AS before FROM lived_hours AS line
     WHERE line.lived >= (SELECT max(lived) FROM lived_hours WHERE lived <= (SELECT lived FROM lived_time) - $1)";

/// The row of `lived_time`. All but `stamps_from` are microseconds of lived time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LivedTime {
    pub(crate) lived: i64,
    pub(crate) stamps_from: RowTime,
    pub(crate) jumped_at: Option<i64>,
}

impl LivedTime {
    /// No time was lived yet, and the clock shows this.
    pub(crate) const fn beginning(clock: RowTime) -> Self {
        Self {
            lived: 0,
            stamps_from: clock,
            jumped_at: None,
        }
    }

    /// The row after so many more microseconds of lived time, when the clock shows this.
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

    /// How far the clock is from `stamps_from`, while it counts as jumped.
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

/// This process's share of a context's lived time, so that no other's is counted twice.
#[derive(Default)]
pub(crate) struct OwnLife {
    /// The value of `lived` when this process last wrote it, and how long the process had been running then.
    written: Mutex<Option<(i64, Duration)>>,
    jump_seconds: AtomicI64,
}

impl OwnLife {
    /// The row that comes after `found`, and the jump if there is one. The time since this process wrote `lived` counts only if `lived` has not
    /// changed since; otherwise another process has counted it.
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

    /// The row was written; `None` when another process wrote first, or this one may not write.
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

/// A duration in microseconds, capped at the largest number.
pub(crate) fn microseconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

impl ClockJump {
    /// How far ahead the clock is, in seconds; negative when it is behind.
    pub const fn seconds(self) -> i64 {
        self.clock.milliseconds_since(self.expected) / 1000
    }
}

#[cfg(test)]
mod tests;
