//! Why a context's database could not be opened.

use std::path::{Path, PathBuf};

use uuid::Uuid;

/// Why a context's database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file cannot be used.
    #[error("cannot use {}: {reason}", file.display())]
    Unusable {
        /// The file.
        file: PathBuf,
        /// The error of SQLite or the system.
        reason: String,
    },
    /// SQLite, or its settings, would lose what was acknowledged.
    #[error("{}: found {found}, expected {expected}", file.display())]
    Settings {
        /// The file.
        file: PathBuf,
        /// What was found.
        found: String,
        /// What is needed.
        expected: String,
    },
    /// A newer binary has migrated the file.
    #[error("{} has migration {version}, which this version of orderly does not know; use a newer one", file.display())]
    Newer {
        /// The file.
        file: PathBuf,
        /// The unknown migration.
        version: String,
    },
    /// A path names another file than the one that this process has open, or none.
    #[error("found {found} at {}, expected the one that was opened there: the data folder was moved or restored", file.display())]
    Replaced {
        /// The path.
        file: PathBuf,
        /// What was found.
        found: String,
    },
    /// The files of one folder belong to several installations.
    #[error("{} is of installation {id} and {} of installation {other_id}: put back files that belong together", file.display(), other.display())]
    Mixed {
        /// A file.
        file: PathBuf,
        /// Its installation.
        id: Uuid,
        /// A file of another installation.
        other: PathBuf,
        /// The other installation.
        other_id: Uuid,
    },
    /// A migration failed.
    #[error("cannot migrate {}: {reason}", file.display())]
    Migration {
        /// The file.
        file: PathBuf,
        /// Why.
        reason: String,
    },
}

impl OpenError {
    /// SQLite reports that the file cannot be used.
    pub fn unusable(file: &Path, error: &diesel::result::Error) -> Self {
        Self::unusable_for(file, error)
    }

    pub(super) fn unusable_for(file: &Path, error: &dyn std::error::Error) -> Self {
        Self::Unusable {
            file: file.to_owned(),
            reason: error.to_string(),
        }
    }
}
