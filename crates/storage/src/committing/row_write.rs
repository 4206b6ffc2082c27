//! Whether an aggregate's row is new, or which version of it is replaced.

use shared_kernel::Version;

/// How an aggregate's row is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowWrite {
    /// It must not exist.
    Insert,
    /// It must be at this version.
    Update {
        /// The version at which the aggregate was loaded.
        loaded_version: i64,
    },
}

impl RowWrite {
    /// How the changes of an aggregate that was loaded at this version are written.
    pub fn since(loaded: Version) -> Self {
        if loaded == Version::NEVER_STORED {
            Self::Insert
        } else {
            Self::Update {
                loaded_version: i64::from(loaded.number()),
            }
        }
    }
}
