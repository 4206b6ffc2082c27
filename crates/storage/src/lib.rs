//! Durable ground for every context: engines, group commit, the event log, delivery positions, the
//! command log, migrations.
//!
//! A context hands over a [`WriteSet`](message_bus::WriteSet) (its rows, opaque here, and its events) and gets its answer after
//! COMMIT. Deliberately not here: any context's table, and any rule about what a context may write.

pub mod aggregate_table;
#[cfg(debug_assertions)]
pub mod canary;
pub mod columns;
pub mod commit_queue;
pub mod commit_state;
mod consumer_row;
pub mod context_database;
pub mod data_folder;
mod delivery_refusal;
mod event_row;
pub mod folders;
mod invariant_rows;
mod lived_time;
pub mod migrations;
mod pending_delivery_row;
pub mod postgres;
pub mod read_error;
mod refused_value;
pub mod row_write;
pub mod sqlite;

pub use aggregate_table::{AggregateTable, ContextRows};
pub use commit_state::CommitStatistics;
pub use context_database::ContextDatabase;
pub use data_folder::{DataFolder, FolderError, database_file};

pub use read_error::ReadError;
pub use row_write::RowWrite;
