//! The embedded engine: one SQLite file per context, one thread that writes, a few that read.
//!
//! Everything runs on threads of its own, never on an async one. One process writes through one
//! connection per file; others may write beside it (`BEGIN IMMEDIATE` and `busy_timeout` serialise them).

mod columns;
pub(crate) mod errors;
#[cfg(test)]
mod tests;

pub use crate::opening::sqlite::context::SqliteContext;
pub use crate::opening::sqlite::exclusive::open_exclusively;
pub use crate::opening::sqlite::installation_id::{InstallationFile, belong_together, common_installation};
pub use crate::opening::sqlite::migrations::migration_status;
pub use crate::opening::sqlite::open_error::OpenError;
pub use columns::{uuid_from_blob, uuid_to_blob};
pub use errors::RowError;

use diesel::SqliteConnection;

use crate::ContextRows;

/// Writes the rows of a context's write set.
pub trait SqliteRows: ContextRows + Send + 'static {
    /// Writes the rows. May be called again after its batch was undone: an error undoes this write set and no other.
    ///
    /// # Errors
    /// [`RowError::VersionConflict`] when an aggregate is not at the version expected, and the database's errors.
    fn write(&self, connection: &mut SqliteConnection) -> Result<(), RowError>;
}
