//! Why something could not be read, on any engine.

use std::fmt::Display;

use diesel::result::Error as DieselError;
use message_bus::Unavailable;

use crate::refused_value::is_about_a_value;

/// Why something could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The database returned an error.
    #[error(transparent)]
    Database(#[from] DieselError),
    /// A row holds what Orderly never wrote.
    #[error("a row cannot be read: {0}")]
    Corrupt(String),
}

impl ReadError {
    /// A row holds what Orderly never wrote.
    pub fn corrupt(reason: impl Display) -> Self {
        Self::Corrupt(reason.to_string())
    }
}

impl From<ReadError> for Unavailable {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Database(error) if is_about_a_value(&error) => Self::ValueRefused(Box::new(error)),
            ReadError::Database(error) => Self::Dependency(Box::new(error)),
            ReadError::Corrupt(_) => Self::Defect(Box::new(error)),
        }
    }
}
