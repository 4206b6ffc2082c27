//! Known bugs, which only a debug build has, and which are off until they are switched on.
//!
//! A torture test that does not find them would not find a real one either.

use std::sync::atomic::{AtomicBool, Ordering};

static ANSWER_BEFORE_COMMIT: AtomicBool = AtomicBool::new(false);
static GIVE_BROKEN_COMMITS_UP: AtomicBool = AtomicBool::new(false);

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
