//! Durable storage for every context: engines, group commit, the event log, delivery positions, the command
//! log, migrations.
//!
//! A context hands over a [`WriteSet`](message_bus::WriteSet) (its rows, opaque here, and its events) and gets its answer after
//! COMMIT. Deliberately not here: any context's table, and any rule about what a context may write.

mod committing;
mod delivering;
mod event_log;
mod opening;
mod operating;
mod reading;

pub mod aggregate_table;
pub mod any_connection;
#[cfg(debug_assertions)]
pub mod canary;
pub mod columns;
mod context_description;
pub mod postgres;
pub mod read_error;
mod refused_value;
mod schema;
pub mod sqlite;
pub mod statement;
#[cfg(test)]
mod test_deliveries;

pub use aggregate_table::{AggregateTable, ContextRows};
pub use any_connection::AnyConnection;
pub use committing::commit_state::CommitStatistics;
pub use committing::{commit_queue, commit_state, row_write};
pub use context_description::ContextDescription;
pub use opening::context_database::ContextDatabase;
pub use opening::data_folder::{DataFolder, FolderError, database_file};
pub use opening::{context_database, data_folder, folders, migrations};

pub use committing::row_write::RowWrite;
pub use opening::context::Context;
pub use read_error::ReadError;
pub use statement::Statement;
