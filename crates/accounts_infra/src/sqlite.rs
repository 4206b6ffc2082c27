//! Accounts on SQLite.

mod accounts_rows;
mod queries;
mod schema;
mod session_rows;
mod unit_of_work;
mod user_rows;

use std::sync::Arc;

use async_trait::async_trait;
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use message_bus::{CommandLog, CommandMeta, Recorded, Replay, Unavailable};
use shared_kernel::IdGenerator;
use storage::sqlite::SqliteContext;

use accounts_app::{AccountsUnitOfWork, AccountsUnits};

use self::unit_of_work::SqliteUnitOfWork;

pub use accounts_rows::AccountsRows;

/// The migrations of accounts' own tables.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/accounts/sqlite");

/// Users and sessions in accounts' file: units of work and queries.
pub struct SqliteAccounts {
    context: SqliteContext<AccountsRows>,
    ids: Arc<dyn IdGenerator>,
}

impl SqliteAccounts {
    /// Accounts in the database that `context` has opened.
    pub fn new(context: SqliteContext<AccountsRows>, ids: Arc<dyn IdGenerator>) -> Self {
        Self { context, ids }
    }
}

#[async_trait]
impl CommandLog for SqliteAccounts {
    async fn recorded(&self, replay: &Replay) -> Result<Recorded, Unavailable> {
        self.context.recorded(replay).await
    }
}

impl AccountsUnits for SqliteAccounts {
    fn begin(&self, meta: CommandMeta) -> Box<dyn AccountsUnitOfWork> {
        Box::new(SqliteUnitOfWork::new(
            self.context.clone(),
            Arc::clone(&self.ids),
            meta,
        ))
    }
}

#[cfg(test)]
mod tests;
