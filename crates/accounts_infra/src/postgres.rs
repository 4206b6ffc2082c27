//! Accounts on PostgreSQL.

mod schema;
mod session_tables;
mod user_table;

use std::sync::Arc;

use accounts_domain::TokenHash;
use async_trait::async_trait;
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use message_bus::{CommitError, Unavailable, WriteSet};
use shared_kernel::{EmailAddress, IdGenerator, SessionId, Timestamp, UserId};
use storage::{
    columns::RowId,
    postgres::{PostgresContext, PostgresRows},
};
use uuid::Uuid;

use crate::{
    AccountsAdapter, AccountsRows,
    session_row::{SessionRow, SessionWrite, StandingRow},
    store::AccountsStore,
    user_row::UserRow,
};

/// The migrations of accounts' own tables, on PostgreSQL.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/accounts/postgres");

impl AccountsAdapter {
    /// Accounts in an open PostgreSQL schema; `ids` names the events.
    pub fn on_postgres(context: PostgresContext<AccountsRows>, ids: Arc<dyn IdGenerator>) -> Self {
        Self::new(Arc::new(context), ids)
    }
}

#[async_trait]
impl AccountsStore for PostgresContext<AccountsRows> {
    async fn user(&self, id: UserId) -> Result<Option<UserRow>, Unavailable> {
        self.read(|connection| async move { user_table::read(id, &connection).await })
            .await
    }

    async fn user_with_email(&self, email: &EmailAddress) -> Result<Option<UserRow>, Unavailable> {
        let folded = email.folded();
        self.read(|connection| async move { user_table::read_by_email(&folded, &connection).await })
            .await
    }

    async fn session(&self, id: SessionId) -> Result<Option<SessionRow>, Unavailable> {
        self.read(|connection| async move { session_tables::read(id, &connection).await })
            .await
    }

    async fn session_with_token(&self, token: TokenHash) -> Result<Option<SessionRow>, Unavailable> {
        self.read(|connection| async move { session_tables::read_by_token(token, &connection).await })
            .await
    }

    async fn open_sessions(&self, user_id: UserId, now: Timestamp) -> Result<Vec<SessionRow>, Unavailable> {
        self.read(|connection| async move { session_tables::read_open(user_id, now, &connection).await })
            .await
    }

    async fn session_standing(&self, id: SessionId) -> Result<Option<StandingRow>, Unavailable> {
        self.read(|connection| async move { session_tables::read_standing(id, &connection).await })
            .await
    }

    async fn commit(&self, write_set: WriteSet<AccountsRows>) -> Result<(), CommitError> {
        Self::commit(self, write_set).await
    }
}

impl PostgresRows for AccountsRows {
    /// A session that is opened does not claim its user: many may log in at once.
    fn aggregates(&self) -> Vec<Uuid> {
        let users = self.users.iter().map(|write| write.row.id.0);
        let sessions = self.sessions.iter().map(|write| write.row().id.0);
        users.chain(sessions).collect()
    }

    /// Other batches are written at the same time, by other connections. That no session outlives a change of its user rests on the row of
    /// the user: who opens a session holds it FOR SHARE, so the change waits until the session is committed, and its `ends`, a later
    /// statement with a later view, finds that session; who comes second waits for the change, and then finds another version. That
    /// PostgreSQL lets each statement see what was committed before it began (READ COMMITTED) is what this needs.
    async fn write(batch: &[&Self], connection: &AsyncPgConnection) -> QueryResult<Vec<usize>> {
        let places = || batch.iter().enumerate();
        let changed: Vec<_> = batch.iter().flat_map(|rows| rows.changed_users()).collect();
        let held: Vec<_> = batch.iter().flat_map(|rows| rows.held_users()).collect();
        if !changed.is_empty() && !held.is_empty() {
            user_table::lock(changed.into_iter().chain(held), connection).await?;
        }
        let users = places().flat_map(|(place, rows)| rows.users.iter().map(move |write| (place, write)));
        let stale = user_table::write(users.collect(), connection).await?;
        if !stale.is_empty() {
            return Ok(stale);
        }
        let sessions =
            places().flat_map(|(place, rows)| rows.sessions.iter().map(move |write| (place, write)));
        let ends: Vec<_> = batch.iter().flat_map(|rows| &rows.ends).collect();
        session_tables::write(sessions.collect(), &ends, connection).await
    }
}

impl AccountsRows {
    /// The users whose rows change.
    fn changed_users(&self) -> impl Iterator<Item = RowId> {
        let changed = self.users.iter().filter(|write| write.loaded_version.is_some());
        changed.map(|write| write.row.id)
    }

    /// The users who are to stay as they are, because a session is opened for them.
    fn held_users(&self) -> impl Iterator<Item = RowId> {
        self.sessions.iter().filter_map(|write| match write {
            SessionWrite::Open { row, .. } => Some(row.user_id),
            SessionWrite::ReplaceToken(_) | SessionWrite::End(_) => None,
        })
    }
}

#[cfg(test)]
mod tests;
