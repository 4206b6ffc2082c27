//! The engine for a PostgreSQL server: one schema per context, a few committers, a few connections that queries share.
//!
//! Several processes may serve one database: versions and unique keys decide between their commands, and one of them relays.

mod batch;
mod batch_statement;
mod command_log;
mod committer;
mod consumer_positions;
mod context;
mod copy_transaction;
mod delivery_updates;
mod delivery_writer;
mod errors;
mod event_log;
mod invariants;
mod lease;
mod lived_time;
mod look_ups;
mod migrations;
mod open_error;
mod operator_actions;
mod operator_views;
mod optimistic_update;
mod pending_deliveries;
mod readers;
mod retention;
mod schema;
mod server;
mod server_checks;
mod server_settings;
#[cfg(test)]
mod tests;
mod traces;
mod transaction;
mod upkeep;

pub use batch_statement::BatchStatement;
pub use context::PostgresContext;
pub use copy_transaction::CopyTransaction;
pub use look_ups::LookUps;
pub use migrations::{migrate, migration_status};
pub use open_error::OpenError;
pub use readers::SharedConnection;
pub use server::{PostgresLock, PostgresServer, without_password};
pub use transaction::NotCommitted;

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use crate::ContextRows;

/// The rows of a context's write set know how to be written together with those of others.
pub trait PostgresRows: ContextRows + Send + Sync + Sized + 'static {
    /// The aggregates whose rows are written. No two write sets of a batch share one.
    fn aggregates(&self) -> Vec<Uuid>;

    /// Writes the rows of a batch, in few statements. Answers the places in `batch` of those that found an aggregate at another version than
    /// expected. Whenever anything is wrong, all is undone, and written again without those, or in halves if an error does not say whose it is.
    /// Transactions wait for each other's rows, so each statement takes its rows in the order of their keys, and a table that several
    /// statements write is locked by the first of them.
    ///
    /// # Errors
    /// What the database says.
    fn write(
        batch: &[&Self],
        connection: &AsyncPgConnection,
    ) -> impl Future<Output = QueryResult<Vec<usize>>> + Send;
}
