//! Why a context's database could not be opened.

use std::path::{Path, PathBuf};

/// Why a context's database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file cannot be used.
    #[error("cannot use {}: {reason}", file.display())]
    Unusable {
        /// The file.
        file: PathBuf,
        /// What SQLite or the system said.
        reason: String,
    },
    /// SQLite, or its settings, would not keep what was acknowledged.
    #[error("{}: found {found}, expected {expected}", file.display())]
    Settings {
        /// The file.
        file: PathBuf,
        /// What is there.
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
    pub(super) fn unusable(file: &Path, error: &diesel::result::Error) -> Self {
        Self::Unusable {
            file: file.to_owned(),
            reason: error.to_string(),
        }
    }
}
