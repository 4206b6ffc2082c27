//! Accounts on PostgreSQL.

mod session_tables;
mod user_table;

use accounts_app::{AccountsStore, SessionStatus, store::AccountsChanges};
use accounts_domain::{StoredSession, StoredUser, TokenHash};
use async_trait::async_trait;
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use message_bus::{CommandLog, CommitError, Recorded, Replay, Unavailable, WriteSet};
use shared_kernel::{EmailAddress, SessionId, Timestamp, UserId};
use storage::{
    RowWrite,
    columns::RowId,
    postgres::{PostgresContext, PostgresRows},
};
use uuid::Uuid;

use crate::{AccountsRows, session_row::SessionWrite};

/// The migrations of accounts' own tables, on PostgreSQL.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/accounts/postgres");

/// Accounts in an open PostgreSQL schema. Clones share it.
#[derive(Clone)]
pub struct PostgresAccounts {
    context: PostgresContext<AccountsRows>,
}

impl PostgresAccounts {
    /// Accounts in this schema.
    pub const fn new(context: PostgresContext<AccountsRows>) -> Self {
        Self { context }
    }
}

#[async_trait]
impl CommandLog for PostgresAccounts {
    async fn recorded(&self, replay: &Replay) -> Result<Recorded, Unavailable> {
        self.context.recorded(replay).await
    }
}

#[async_trait]
impl AccountsStore for PostgresAccounts {
    async fn user(&self, id: UserId) -> Result<Option<StoredUser>, Unavailable> {
        let row = self
            .context
            .read(|connection| async move { user_table::read(id, &connection).await })
            .await?;
        Ok(row.map(StoredUser::try_from).transpose()?)
    }

    async fn user_with_email(&self, email: &EmailAddress) -> Result<Option<StoredUser>, Unavailable> {
        let folded = email.folded();
        let row = self
            .context
            .read(|connection| async move { user_table::read_by_email(&folded, &connection).await })
            .await?;
        Ok(row.map(StoredUser::try_from).transpose()?)
    }

    async fn session(&self, id: SessionId) -> Result<Option<StoredSession>, Unavailable> {
        let row = self
            .context
            .read(|connection| async move { session_tables::read(id, &connection).await })
            .await?;
        Ok(row.map(StoredSession::try_from).transpose()?)
    }

    async fn session_with_token(&self, token: TokenHash) -> Result<Option<StoredSession>, Unavailable> {
        let row = self
            .context
            .read(|connection| async move { session_tables::read_by_token(token, &connection).await })
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
            .read(|connection| async move { session_tables::read_open(user_id, now, &connection).await })
            .await?
            .into_iter();
        Ok(rows.map(StoredSession::try_from).collect::<Result<_, _>>()?)
    }

    async fn session_status(&self, id: SessionId) -> Result<Option<SessionStatus>, Unavailable> {
        let row = self
            .context
            .read(|connection| async move { session_tables::read_status(id, &connection).await })
            .await?;
        Ok(row.map(SessionStatus::try_from).transpose()?)
    }

    async fn commit(&self, write_set: WriteSet<AccountsChanges>) -> Result<(), CommitError> {
        let rows = write_set.map(|changes| AccountsRows::of(&changes));
        self.context.commit(rows).await
    }
}

impl PostgresRows for AccountsRows {
    /// A session that is opened does not lock its user exclusively: many may log in at once.
    fn aggregates(&self) -> Vec<Uuid> {
        let users = self.users.iter().map(|write| write.row.id.0);
        let sessions = self.sessions.iter().map(|write| write.row().id.0);
        users.chain(sessions).collect()
    }

    /// Other connections write other batches at the same time. The row of the user ensures that no session outlives a change of its user.
    /// A batch that opens a session holds that row FOR SHARE, so a change waits until the session is committed; and its `ends`, a later
    /// statement with a later view, finds that session. If the change is first, opening the session waits for it, and then finds another
    /// version. This needs READ COMMITTED, where each statement sees what was committed before it began.
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
        let changed = self
            .users
            .iter()
            .filter(|user| matches!(user.write, RowWrite::Update { .. }));
        changed.map(|write| write.row.id)
    }

    /// The users who must not change, because a session is opened for them.
    fn held_users(&self) -> impl Iterator<Item = RowId> {
        self.sessions.iter().filter_map(|write| match write {
            SessionWrite::Open { row, .. } => Some(row.user_id),
            SessionWrite::ReplaceToken(_) | SessionWrite::End(_) => None,
        })
    }
}

#[cfg(test)]
mod tests;
