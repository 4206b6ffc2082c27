//! Accounts on SQLite.

mod schema;
mod session_tables;
mod user_table;

use std::sync::Arc;

use accounts_domain::TokenHash;
use async_trait::async_trait;
use diesel::SqliteConnection;
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use message_bus::{CommitError, Unavailable, WriteSet};
use shared_kernel::{EmailAddress, IdGenerator, SessionId, Timestamp, UserId};
use storage::sqlite::{RowError, SqliteContext, SqliteRows};

use crate::{
    AccountsAdapter, AccountsRows,
    session_row::{SessionRow, StandingRow},
    store::AccountsStore,
    user_row::UserRow,
};

/// The migrations of accounts' own tables, on SQLite.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/accounts/sqlite");

impl AccountsAdapter {
    /// Accounts in an open SQLite file; `ids` names the events.
    pub fn on_sqlite(context: SqliteContext<AccountsRows>, ids: Arc<dyn IdGenerator>) -> Self {
        Self::new(Arc::new(context), ids)
    }
}

#[async_trait]
impl AccountsStore for SqliteContext<AccountsRows> {
    async fn user(&self, id: UserId) -> Result<Option<UserRow>, Unavailable> {
        self.read(move |connection| user_table::read(connection, id))
            .await
    }

    async fn user_with_email(&self, email: &EmailAddress) -> Result<Option<UserRow>, Unavailable> {
        let folded = email.folded();
        self.read(move |connection| user_table::read_by_email(connection, &folded))
            .await
    }

    async fn session(&self, id: SessionId) -> Result<Option<SessionRow>, Unavailable> {
        self.read(move |connection| session_tables::read(connection, id))
            .await
    }

    async fn session_with_token(&self, token: TokenHash) -> Result<Option<SessionRow>, Unavailable> {
        self.read(move |connection| session_tables::read_by_token(connection, token))
            .await
    }

    async fn open_sessions(&self, user_id: UserId, now: Timestamp) -> Result<Vec<SessionRow>, Unavailable> {
        self.read(move |connection| session_tables::read_open(connection, user_id, now))
            .await
    }

    async fn session_standing(&self, id: SessionId) -> Result<Option<StandingRow>, Unavailable> {
        self.read(move |connection| session_tables::read_standing(connection, id))
            .await
    }

    async fn commit(&self, write_set: WriteSet<AccountsRows>) -> Result<(), CommitError> {
        Self::commit(self, write_set).await
    }
}

impl SqliteRows for AccountsRows {
    fn write(&self, connection: &mut SqliteConnection) -> Result<(), RowError> {
        self.users
            .iter()
            .try_for_each(|user| user_table::write(connection, user))?;
        self.sessions
            .iter()
            .try_for_each(|session| session_tables::write(connection, session))?;
        self.ends
            .iter()
            .try_for_each(|end| session_tables::end_all_of(connection, end))
    }
}

#[cfg(test)]
mod tests;
