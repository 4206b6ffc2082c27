//! The engine for a PostgreSQL server: one schema per context, a few committers, a few connections that queries share.
//!
//! Several processes may serve one database: versions and unique keys decide between their commands, and one of them relays.

pub(crate) mod errors;
#[cfg(test)]
mod tests;

pub use crate::committing::postgres::batch_statement::BatchStatement;
pub use crate::committing::postgres::transaction::NotCommitted;
pub use crate::opening::postgres::context::PostgresContext;
pub use crate::opening::postgres::copy_transaction::CopyTransaction;
pub use crate::opening::postgres::migrations::{migrate, migration_status};
pub use crate::opening::postgres::open_error::OpenError;
pub use crate::opening::postgres::server::{PostgresLock, PostgresServer, without_password};
pub use crate::reading::postgres::look_ups::LookUps;
pub use crate::reading::postgres::readers::SharedConnection;

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use uuid::Uuid;

use crate::ContextRows;

/// Writes the rows of a context's write set together with those of others.
pub trait PostgresRows: ContextRows + Send + Sync + Sized + 'static {
    /// The aggregates whose rows are written. No two write sets of a batch share one.
    fn aggregates(&self) -> Vec<Uuid>;

    /// Writes the rows of a batch, in few statements. Returns the places in `batch` of the write sets that found an aggregate at another
    /// version than expected. After any failure all is undone, and written again without those, or in halves if an error does not show which
    /// write set caused it. Transactions wait for each other's rows, so each statement takes its rows in the order of their keys, and a table
    /// that several statements write is locked by the first of them.
    ///
    /// # Errors
    /// The database's error.
    fn write(
        batch: &[&Self],
        connection: &AsyncPgConnection,
    ) -> impl Future<Output = QueryResult<Vec<usize>>> + Send;
}
