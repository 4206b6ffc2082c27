//! Known bugs, which only a debug build has, and which are off until they are switched on.
//!
//! A torture test that does not find them would not find a real one either.

use std::{
    collections::HashMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use event_delivery::LoggedEvent;

use crate::columns::RowTime;

static ANSWER_BEFORE_COMMIT: AtomicBool = AtomicBool::new(false);
static GIVE_BROKEN_COMMITS_UP: AtomicBool = AtomicBool::new(false);
static LEAVE_NEW_FOLDERS_UNSYNCED: AtomicBool = AtomicBool::new(false);
static TRUST_THE_LOG: AtomicBool = AtomicBool::new(false);
static SYNC_AT_CHECKPOINTS_ONLY: AtomicBool = AtomicBool::new(false);
static MOVE_POSITIONS_APART: AtomicBool = AtomicBool::new(false);
static FORGET_BY_THE_CLOCK: AtomicBool = AtomicBool::new(false);
static FORGET_THE_NEWEST: AtomicBool = AtomicBool::new(false);
/// How far each relay has read, by the context whose events it carries; `None` as long as relays remember nothing.
static CURSORS: Mutex<Option<HashMap<&'static str, i64>>> = Mutex::new(None);

/// From now on, the committer answers its callers before COMMIT.
pub fn switch_on_answer_before_commit() {
    ANSWER_BEFORE_COMMIT.store(true, Ordering::Relaxed);
}

/// Whether the committer answers before COMMIT.
pub(crate) fn answers_before_commit() -> bool {
    ANSWER_BEFORE_COMMIT.load(Ordering::Relaxed)
}

/// From now on, a COMMIT that was not answered counts as one that failed.
pub fn switch_on_give_broken_commits_up() {
    GIVE_BROKEN_COMMITS_UP.store(true, Ordering::Relaxed);
}

/// Whether a COMMIT that was not answered counts as one that failed.
pub(crate) fn gives_broken_commits_up() -> bool {
    GIVE_BROKEN_COMMITS_UP.load(Ordering::Relaxed)
}

/// From now on, a folder that is made is not synced into the one above it.
pub fn switch_on_unsynced_folders() {
    LEAVE_NEW_FOLDERS_UNSYNCED.store(true, Ordering::Relaxed);
}

/// Whether a folder that is made is not synced into the one above it.
pub(crate) fn leaves_new_folders_unsynced() -> bool {
    LEAVE_NEW_FOLDERS_UNSYNCED.load(Ordering::Relaxed)
}

/// From now on, a start takes for true what it reads in the write-ahead log.
pub fn switch_on_trusted_log() {
    TRUST_THE_LOG.store(true, Ordering::Relaxed);
}

/// Whether a start takes for true what it reads in the write-ahead log.
pub(crate) fn trusts_the_log() -> bool {
    TRUST_THE_LOG.load(Ordering::Relaxed)
}

/// From now on, the write-ahead log is synced at checkpoints and not at commits.
pub fn switch_on_syncs_at_checkpoints_only() {
    SYNC_AT_CHECKPOINTS_ONLY.store(true, Ordering::Relaxed);
}

/// Whether the write-ahead log is synced at checkpoints and not at commits.
pub(crate) fn syncs_at_checkpoints_only() -> bool {
    SYNC_AT_CHECKPOINTS_ONLY.load(Ordering::Relaxed)
}

/// From now on, a consumer's position is moved in a transaction of its own, before that of its effect.
pub fn switch_on_position_apart() {
    MOVE_POSITIONS_APART.store(true, Ordering::Relaxed);
}

/// Whether positions are moved in a transaction of their own.
pub(crate) fn moves_positions_apart() -> bool {
    MOVE_POSITIONS_APART.load(Ordering::Relaxed)
}

/// Between a position that was moved and its effect: long enough that most kills find some there.
pub(crate) async fn between_position_and_effect() {
    tokio::time::sleep(Duration::from_millis(20)).await;
}

/// From now on, what a reading of the machine's clock makes old is forgotten on SQLite.
pub fn switch_on_forget_by_the_clock() {
    FORGET_BY_THE_CLOCK.store(true, Ordering::Relaxed);
}

/// Before which stamp things are forgotten that are to be kept for so many microseconds: as found by the time lived, or by the clock.
pub(crate) fn by_the_clock(found: Option<RowTime>, clock: RowTime, kept: i64) -> Option<RowTime> {
    if FORGET_BY_THE_CLOCK.load(Ordering::Relaxed) {
        Some(RowTime(clock.0.saturating_sub(kept)))
    } else {
        found
    }
}

/// From now on, a month without events empties an event log on SQLite, whose numbers begin again then.
pub fn switch_on_forget_the_newest() {
    FORGET_THE_NEWEST.store(true, Ordering::Relaxed);
}

/// Whether the newest event is forgotten as well.
pub(crate) fn forgets_the_newest() -> bool {
    FORGET_THE_NEWEST.load(Ordering::Relaxed)
}

/// From now on, a relay reads on from the last sequence that it has seen, and begins where the log ends.
pub fn switch_on_relay_by_cursor() {
    *CURSORS.lock().unwrap_or_else(PoisonError::into_inner) = Some(HashMap::new());
}

/// What a relay sees of these unpublished events.
pub(crate) fn behind_the_cursor(source: &'static str, mut events: Vec<LoggedEvent>) -> Vec<LoggedEvent> {
    let mut cursors = CURSORS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(cursors) = &mut *cursors {
        let end = events.iter().map(|event| event.sequence).max().unwrap_or(0);
        let cursor = *cursors.entry(source).or_insert(end);
        events.retain(|event| event.sequence > cursor);
        cursors.insert(source, end.max(cursor));
    }
    events
}
