//! What accounts needs of a database, in rows: the part that is written for each engine.

use accounts_domain::TokenHash;
use async_trait::async_trait;
use message_bus::{CommandLog, CommitError, Unavailable, WriteSet};
use shared_kernel::{EmailAddress, SessionId, Timestamp, UserId};

use crate::{
    AccountsRows,
    session_row::{SessionRow, StandingRow},
    user_row::UserRow,
};

/// Users and sessions in a database.
#[async_trait]
pub(crate) trait AccountsStore: CommandLog {
    /// The user with this id.
    async fn user(&self, id: UserId) -> Result<Option<UserRow>, Unavailable>;

    /// The user with this address, however it is cased.
    async fn user_with_email(&self, email: &EmailAddress) -> Result<Option<UserRow>, Unavailable>;

    /// The session with this id.
    async fn session(&self, id: SessionId) -> Result<Option<SessionRow>, Unavailable>;

    /// The session whose family the token belongs to, however old the token.
    async fn session_with_token(&self, token: TokenHash) -> Result<Option<SessionRow>, Unavailable>;

    /// A user's sessions that are open at `now`, the last used first.
    async fn open_sessions(&self, user_id: UserId, now: Timestamp) -> Result<Vec<SessionRow>, Unavailable>;

    /// A session and whose it is, as both stand.
    async fn session_standing(&self, id: SessionId) -> Result<Option<StandingRow>, Unavailable>;

    /// Writes what one command changes. `Ok` means: on disk.
    async fn commit(&self, write_set: WriteSet<AccountsRows>) -> Result<(), CommitError>;
}
