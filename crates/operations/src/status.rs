//! The present status of contexts and their consumers, with ages in seconds.

use schema::HasSchema;
use serde::Serialize;
use shared_kernel::Timestamp;

use super::{
    Backlog, Commits,
    age::Age,
    records::{ConsumerBacklog, Paused, PendingCount},
};

/// How one context stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, HasSchema)]
pub struct ContextStatus {
    /// Its name.
    #[schema(example = "ordering")]
    pub context: &'static str,
    /// Null when its database does not answer.
    pub work: Option<WorkLeft>,
    /// What this process committed to it. No other process's share, so it is told as figures only.
    #[serde(skip)]
    pub commits: Commits,
    /// How far its clock has jumped, in seconds, as this process last found it; negative when it was set back. Told as a figure only.
    #[serde(skip)]
    pub clock_jump_seconds: i64,
}

/// What a context has left to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, HasSchema)]
pub struct WorkLeft {
    /// Its events that not every consumer has, or holds, yet.
    pub unpublished: u64,
    /// How long ago the first of these happened.
    pub oldest_unpublished_seconds: Option<Age>,
    /// Deliveries to its consumers that go on by themselves.
    pub unfinished: u64,
    /// Its consumers, by name.
    pub consumers: Vec<ConsumerStatus>,
}

/// What one consumer holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, HasSchema)]
#[schema(example({
    "consumer": "ordering.users", "source": "accounts", "paused": null,
    "waiting": {"count": 1, "oldest_seconds": 86.25}, "retrying": {"count": 0, "oldest_seconds": null},
    "dead": {"count": 1, "oldest_seconds": 90.5},
}))]
pub struct ConsumerStatus {
    /// Its name.
    pub consumer: String,
    /// The context whose events it takes.
    pub source: String,
    /// Who paused it, if somebody did.
    pub paused: Option<Paused>,
    /// Behind another one, or for the consumer to be resumed.
    pub waiting: PendingStatus,
    /// To be tried again at a set time.
    pub retrying: PendingStatus,
    /// Given up.
    pub dead: PendingStatus,
}

/// How many deliveries are in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, HasSchema)]
#[schema(name = "HeldStatus")]
pub struct PendingStatus {
    /// How many.
    pub count: u64,
    /// For how long the oldest of them is held.
    pub oldest_seconds: Option<Age>,
}

impl WorkLeft {
    pub(super) fn at(now: Timestamp, backlog: Backlog, mut consumers: Vec<ConsumerBacklog>) -> Self {
        consumers.sort_by(|left, right| left.consumer.cmp(&right.consumer));
        Self {
            unpublished: backlog.unpublished,
            oldest_unpublished_seconds: backlog.oldest_unpublished_at.map(|since| Age::at(now, since)),
            unfinished: backlog.unfinished,
            consumers: consumers
                .into_iter()
                .map(|consumer| ConsumerStatus::at(now, consumer))
                .collect(),
        }
    }
}

impl ConsumerStatus {
    fn at(now: Timestamp, backlog: ConsumerBacklog) -> Self {
        let pending = |pending: PendingCount| PendingStatus {
            count: pending.count,
            oldest_seconds: pending.oldest_held_at.map(|since| Age::at(now, since)),
        };
        Self {
            waiting: pending(backlog.waiting),
            retrying: pending(backlog.retrying),
            dead: pending(backlog.dead),
            consumer: backlog.consumer,
            source: backlog.source,
            paused: backlog.paused,
        }
    }

    /// Each state in which it holds deliveries, with what it holds in it.
    pub const fn states(&self) -> [(&'static str, PendingStatus); 3] {
        [
            ("waiting", self.waiting),
            ("retrying", self.retrying),
            ("dead", self.dead),
        ]
    }
}
