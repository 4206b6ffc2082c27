//! The ways in which a use case, and the commit at its end, can fail.

use std::{error::Error, fmt::Display};

use shared_kernel::{Refusal, Version};

/// A use case fails in one of four ways.
#[derive(Debug, thiserror::Error)]
pub enum UseCaseError {
    /// A rule refused.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// It does not exist, or the caller may not see it.
    #[error(transparent)]
    NotFound(#[from] NotFound),
    /// Another command changed it first.
    #[error(transparent)]
    Conflict(#[from] Conflict),
    /// It cannot be done now.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

impl UseCaseError {
    /// An error that only a defect in Orderly can cause.
    pub fn defect(error: impl Display) -> Self {
        Unavailable::defect(error).into()
    }
}

/// What was asked for does not exist, or is hidden from the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("there is no such {}", what.replace('_', " "))]
pub struct NotFound {
    /// What kind of thing, in snake case, as in `order`.
    pub what: &'static str,
}

/// Another command changed it first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Conflict {
    /// The caller stated a version, and the stored one differs.
    #[error("found version {current}, expected version {expected}")]
    StaleVersion {
        /// The version that the caller stated.
        expected: Version,
        /// The stored version.
        current: Version,
    },
    /// Other commands committed first each time, however often this one was decided again.
    #[error("others changed it at the same time, several times over")]
    OthersWereFaster,
}

/// It cannot be done now, through no fault of what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Unavailable {
    /// More is waiting than can be served soon. Nothing was done.
    #[error("too much is waiting; try again in {retry_after_seconds} s")]
    Busy {
        /// When another try makes sense, in seconds.
        retry_after_seconds: u32,
    },
    /// This caller asks too often. Nothing was done.
    #[error("too many attempts; try again in {retry_after_seconds} s")]
    Throttled {
        /// When another try makes sense, in seconds.
        retry_after_seconds: u32,
    },
    /// Something this depends on does not answer.
    #[error("a dependency failed: {0}")]
    Dependency(#[source] Box<dyn Error + Send + Sync>),
    /// There is no room where the database is. Nothing was written, and what is there can still be read.
    #[error("the database has no room for this: {0}")]
    StorageFull(#[source] Box<dyn Error + Send + Sync>),
    /// The database refuses a value, and would refuse it again: a text or a number of a kind that no rule has refused before.
    #[error("the database does not hold a value: {0}")]
    ValueRefused(#[source] Box<dyn Error + Send + Sync>),
    /// The connection to the database broke while a command was being committed, and did not come back in time to find out whether it
    /// took effect. It took effect once or not at all.
    #[error("the database went away while this was being committed: it took effect once or not at all")]
    OutcomeUnknown,
    /// A defect in Orderly, or a store that holds what Orderly never wrote.
    #[error("a defect: {0}")]
    Defect(#[source] Box<dyn Error + Send + Sync>),
}

impl Unavailable {
    /// An error that only a defect in Orderly can cause.
    pub fn defect(error: impl Display) -> Self {
        Self::Defect(error.to_string().into())
    }

    /// Something this depends on does not answer.
    pub fn dependency(error: impl Display) -> Self {
        Self::Dependency(error.to_string().into())
    }

    /// The same, copied for one more caller.
    #[must_use]
    pub fn repeated(&self) -> Self {
        match self {
            Self::Busy { retry_after_seconds } => Self::Busy {
                retry_after_seconds: *retry_after_seconds,
            },
            Self::Throttled { retry_after_seconds } => Self::Throttled {
                retry_after_seconds: *retry_after_seconds,
            },
            Self::OutcomeUnknown => Self::OutcomeUnknown,
            Self::Dependency(cause) => Self::dependency(cause),
            Self::StorageFull(cause) => Self::StorageFull(cause.to_string().into()),
            Self::ValueRefused(cause) => Self::ValueRefused(cause.to_string().into()),
            Self::Defect(cause) => Self::defect(cause),
        }
    }
}

/// Why a write set was not committed. Nothing of it was written.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// An aggregate is no longer at the version it was loaded at.
    #[error("an aggregate was changed by somebody else")]
    VersionConflict,
    /// A unique index already holds what was to be written.
    #[error("already exists: {constraint}")]
    AlreadyExists {
        /// The index's columns, as in `users.email_folded`.
        constraint: String,
    },
    /// A CHECK, NOT NULL or foreign key refused the rows: a defect, since rules come first.
    #[error("a constraint refused the rows: {constraint}")]
    ConstraintBroken {
        /// The database's message.
        constraint: String,
    },
    /// This delivery was applied before; its effect and its position are committed.
    #[error("this delivery was applied before")]
    AlreadyApplied,
    /// An earlier event of the aggregate has not reached this consumer.
    #[error("found the consumer at version {position}, expected {previous}")]
    DeliveryGap {
        /// The consumer's position.
        position: Version,
        /// The position that this delivery needs.
        previous: Version,
    },
    /// A command with the same replay key committed first; this is its answer.
    #[error("a command with the same key was carried out before")]
    AlreadyDone {
        /// The recorded view, as JSON.
        result: String,
    },
    /// The replay key was used for something else.
    #[error("the key was used for another request")]
    ReplayKeyReused,
    /// The store cannot commit now.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}
