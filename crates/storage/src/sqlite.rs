//! The embedded engine: one SQLite file per context, one thread that writes, a few that read.
//!
//! Everything runs on threads of its own, never on an async one. One process writes through one
//! connection per file; others may write beside it (`BEGIN IMMEDIATE` and `busy_timeout` serialise them).

mod columns;
mod command_log;
mod committer;
mod connection;
mod consumer_positions;
mod context;
mod errors;
mod event_log;
mod exclusive;
mod installation_id;
mod invariants;
mod lived_time;
mod migrations;
mod open_error;
mod operator_actions;
mod operator_views;
mod pending_deliveries;
mod placed_file;
mod readers;
mod retention;
mod schema;
#[cfg(test)]
mod tests;
mod traces;
mod true_start;
mod watch;

pub use columns::{uuid_from_blob, uuid_to_blob};
pub use context::SqliteContext;
pub use errors::RowError;
pub use exclusive::open_exclusively;
pub use installation_id::{InstallationFile, belong_together, common_installation};
pub use migrations::migration_status;
pub use open_error::OpenError;

use diesel::SqliteConnection;

use crate::ContextRows;

/// The rows of a context's write set know how to write themselves.
pub trait SqliteRows: ContextRows + Send + 'static {
    /// Writes the rows. May be called again after its batch was undone: an error undoes this write set and no other.
    ///
    /// # Errors
    /// [`RowError::VersionConflict`] when an aggregate is not at the version expected, and what the database says.
    fn write(&self, connection: &mut SqliteConnection) -> Result<(), RowError>;
}
