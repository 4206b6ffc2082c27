//! Known bugs for the tests that kill the real binary, cut its power or let it live through months: a test that does not find them would not
//! find a real one either.
//!
//! Only a debug build has them. This module owns the switch, and the bugs as far as they can stand apart from the code that they break; what is
//! left there is a line that asks whether a bug is on.

use std::{
    sync::atomic::{AtomicU16, Ordering},
    time::Duration,
};

use futures_util::FutureExt;
use message_bus::{CommitError, Delivery, WriteSet};

use crate::{
    any_connection::AnyConnection,
    columns::{RowId, RowTime},
    committing::commit_state::Answer,
    opening::context::Engine,
    statement::Statement,
};

/// A known bug.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KnownBug {
    /// The committer answers its callers before COMMIT.
    AnswerBeforeCommit,
    /// A COMMIT that was not answered counts as one that failed.
    GiveBrokenCommitsUp,
    /// A consumer's position is moved in a transaction of its own, before that of its effect.
    PositionApart,
    /// A relay reads on from the last sequence that it has seen, and begins where the log ends.
    RelayByCursor,
    /// A start takes for true what it reads in the write-ahead log.
    TrustedLog,
    /// The write-ahead log is synced at checkpoints and not at commits.
    SyncsAtCheckpointsOnly,
    /// A folder that is made is not synced into the one above it.
    UnsyncedFolders,
    /// What a reading of the machine's clock makes old is forgotten on SQLite.
    ForgetByTheClock,
    /// A month without events empties an event log on SQLite, whose numbers begin again then.
    ForgetTheNewest,
}

static SWITCHED_ON: AtomicU16 = AtomicU16::new(0);

impl KnownBug {
    /// All of them, by the names under which tests ask for them.
    pub const NAMES: [(&'static str, Self); 9] = [
        ("answer-before-commit", Self::AnswerBeforeCommit),
        ("give-broken-commits-up", Self::GiveBrokenCommitsUp),
        ("position-apart", Self::PositionApart),
        ("relay-by-cursor", Self::RelayByCursor),
        ("trusted-log", Self::TrustedLog),
        ("syncs-at-checkpoints-only", Self::SyncsAtCheckpointsOnly),
        ("unsynced-folders", Self::UnsyncedFolders),
        ("forget-by-the-clock", Self::ForgetByTheClock),
        ("forget-the-newest", Self::ForgetTheNewest),
    ];

    /// The bug of this name.
    pub fn named(name: &str) -> Option<Self> {
        let mut bugs = Self::NAMES.into_iter();
        bugs.find_map(|(own, bug)| (own == name).then_some(bug))
    }

    /// From now on, this process has it.
    pub fn switch_on(self) {
        SWITCHED_ON.fetch_or(self.bit(), Ordering::Relaxed);
    }

    /// Whether this process has it.
    pub fn is_on(self) -> bool {
        SWITCHED_ON.load(Ordering::Relaxed) & self.bit() != 0
    }

    const fn bit(self) -> u16 {
        1 << self as u16
    }
}

/// Success is told before it is true.
pub(crate) fn answer_too_early(
    answers: Vec<(Answer, Result<(), CommitError>)>,
) -> Vec<(Answer, Result<(), CommitError>)> {
    if !KnownBug::AnswerBeforeCommit.is_on() {
        return answers;
    }
    for (answer, result) in answers {
        answer.tell(result);
    }
    // Long enough for the answers to leave the process.
    std::thread::park_timeout(Duration::from_millis(20));
    Vec::new()
}

/// The positions first, and what is left to write.
pub(crate) async fn move_positions_apart<E: Engine, R>(
    engine: &E,
    mut write_set: WriteSet<R>,
) -> WriteSet<R> {
    if !KnownBug::PositionApart.is_on() || write_set.deliveries.is_empty() {
        return write_set;
    }
    for delivery in std::mem::take(&mut write_set.deliveries) {
        let moved = engine.change(move |connection| move_position(connection, delivery).boxed());
        // A position that cannot be moved makes no difference to this bug.
        let _ = moved.await;
    }
    // Long enough that most kills find some there.
    tokio::time::sleep(Duration::from_millis(20)).await;
    write_set
}

async fn move_position(
    connection: &mut AnyConnection<'_>,
    delivery: Delivery,
) -> Result<(), crate::ReadError> {
    let statement = Statement::new(
        "INSERT INTO consumer_positions (consumer, aggregate_id, position) VALUES ($1, $2, $3)
         ON CONFLICT (consumer, aggregate_id) DO UPDATE SET position = excluded.position
             WHERE consumer_positions.position < excluded.position",
    );
    let statement = statement
        .bind(delivery.consumer)
        .bind(RowId(delivery.aggregate_id))
        .bind(delivery.version.number());
    connection.execute(statement).await?;
    Ok(())
}

/// The stamp before which rows are deleted that are kept for so many microseconds: by lived time, or by the clock.
pub(crate) fn by_the_clock(found: Option<RowTime>, clock: RowTime, kept: i64) -> Option<RowTime> {
    if KnownBug::ForgetByTheClock.is_on() {
        Some(RowTime(clock.0.saturating_sub(kept)))
    } else {
        found
    }
}
