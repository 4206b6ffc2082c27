//! The version of an aggregate: how many changes it has committed.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How many committed changes an aggregate has seen. `0` is "never stored"; the first commit is `1`.
///
/// Each committed version has exactly one event, so a version also numbers an aggregate's events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(u32);

impl Version {
    /// The version of an aggregate that was never stored.
    pub const NEVER_STORED: Self = Self(0);
    /// The version that the first commit gives.
    pub const FIRST: Self = Self(1);

    /// A version from its number.
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// The number itself.
    pub const fn number(self) -> u32 {
        self.0
    }

    /// The version after this one. It saturates, which would take four billion changes.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}
