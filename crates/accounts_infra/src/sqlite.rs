//! Accounts on SQLite.

mod session_tables;
mod user_table;

use accounts_app::{AccountsStore, SessionStatus, store::AccountsChanges};
use accounts_domain::{StoredSession, StoredUser, TokenHash};
use async_trait::async_trait;
use diesel::SqliteConnection;
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use message_bus::{CommandLog, CommitError, Recorded, Replay, Unavailable, WriteSet};
use shared_kernel::{EmailAddress, SessionId, Timestamp, UserId};
use storage::sqlite::{RowError, SqliteContext, SqliteRows};

use crate::AccountsRows;

/// The migrations of accounts' own tables, on SQLite.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/accounts/sqlite");

/// Accounts in an open SQLite file. Clones share it.
#[derive(Clone)]
pub struct SqliteAccounts {
    context: SqliteContext<AccountsRows>,
}

impl SqliteAccounts {
    /// Accounts in this file.
    pub const fn new(context: SqliteContext<AccountsRows>) -> Self {
        Self { context }
    }
}

#[async_trait]
impl CommandLog for SqliteAccounts {
    async fn recorded(&self, replay: &Replay) -> Result<Recorded, Unavailable> {
        self.context.recorded(replay).await
    }
}

#[async_trait]
impl AccountsStore for SqliteAccounts {
    async fn user(&self, id: UserId) -> Result<Option<StoredUser>, Unavailable> {
        let row = self
            .context
            .read(move |connection| user_table::read(connection, id))
            .await?;
        Ok(row.map(StoredUser::try_from).transpose()?)
    }

    async fn user_with_email(&self, email: &EmailAddress) -> Result<Option<StoredUser>, Unavailable> {
        let folded = email.folded();
        let row = self
            .context
            .read(move |connection| user_table::read_by_email(connection, &folded))
            .await?;
        Ok(row.map(StoredUser::try_from).transpose()?)
    }

    async fn session(&self, id: SessionId) -> Result<Option<StoredSession>, Unavailable> {
        let row = self
            .context
            .read(move |connection| session_tables::read(connection, id))
            .await?;
        Ok(row.map(StoredSession::try_from).transpose()?)
    }

    async fn session_with_token(&self, token: TokenHash) -> Result<Option<StoredSession>, Unavailable> {
        let row = self
            .context
            .read(move |connection| session_tables::read_by_token(connection, token))
            .await?;
        Ok(row.map(StoredSession::try_from).transpose()?)
    }

    async fn open_sessions(
        &self,
        user_id: UserId,
        now: Timestamp,
    ) -> Result<Vec<StoredSession>, Unavailable> {
        let rows = self
            .context
            .read(move |connection| session_tables::read_open(connection, user_id, now))
            .await?
            .into_iter();
        Ok(rows.map(StoredSession::try_from).collect::<Result<_, _>>()?)
    }

    async fn session_status(&self, id: SessionId) -> Result<Option<SessionStatus>, Unavailable> {
        let row = self
            .context
            .read(move |connection| session_tables::read_status(connection, id))
            .await?;
        Ok(row.map(SessionStatus::try_from).transpose()?)
    }

    async fn commit(&self, write_set: WriteSet<AccountsChanges>) -> Result<(), CommitError> {
        let rows = write_set.map(|changes| AccountsRows::of(&changes));
        self.context.commit(rows).await
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
