//! What accounts needs of a database: one port, which `accounts_infra` implements for each engine and `in_memory` for tests.

use accounts_domain::{Session, StoredSession, StoredUser, TokenHash, User, UserStatus};
use async_trait::async_trait;
use message_bus::{CommandLog, CommitError, Unavailable, WriteSet};
use shared_kernel::{EmailAddress, Role, SessionId, Timestamp, UserId, Version};

/// Users and sessions in a database.
#[async_trait]
pub trait AccountsStore: CommandLog {
    /// The user with this id.
    async fn user(&self, id: UserId) -> Result<Option<StoredUser>, Unavailable>;

    /// The user with this address, however it is cased.
    async fn user_with_email(&self, email: &EmailAddress) -> Result<Option<StoredUser>, Unavailable>;

    /// The session with this id.
    async fn session(&self, id: SessionId) -> Result<Option<StoredSession>, Unavailable>;

    /// The session whose family the token belongs to, however old the token.
    async fn session_with_token(&self, token: TokenHash) -> Result<Option<StoredSession>, Unavailable>;

    /// A user's sessions that are open at `now`, the last used first.
    async fn open_sessions(&self, user_id: UserId, now: Timestamp)
    -> Result<Vec<StoredSession>, Unavailable>;

    /// The status of a session, and whose it is.
    async fn session_status(&self, id: SessionId) -> Result<Option<SessionStatus>, Unavailable>;

    /// Writes what one command changes, all of it or nothing. `Ok` means: on disk.
    async fn commit(&self, write_set: WriteSet<AccountsChanges>) -> Result<(), CommitError>;
}

/// What an access token's session and user look like in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionStatus {
    /// Whose session it is.
    pub user_id: UserId,
    /// The user's role now.
    pub role: Role,
    /// Whether the user may log in.
    pub user_status: UserStatus,
    /// When the session expires.
    pub expires_at: Timestamp,
    /// When it was ended, if it was.
    pub ended_at: Option<Timestamp>,
}

/// What one command changes, of which each user and session is guarded by the version it was loaded at. It is written in this
/// order: a session that is opened along with its user's change finds the user changed, and a write that ends all sessions
/// includes the new ones.
#[derive(Clone, Debug, Default)]
pub struct AccountsChanges {
    /// The users who changed.
    pub users: Vec<User>,
    /// What happens to sessions.
    pub sessions: Vec<SessionChange>,
    /// Whose sessions all end.
    pub ends: Vec<EndOfAll>,
}

/// What can happen to a session.
#[derive(Clone, Debug)]
pub enum SessionChange {
    /// It is opened, while its user is at this version: a password that changes, or an account that is closed, in the same
    /// moment must not leave a session behind.
    Open {
        /// The session.
        session: Session,
        /// The user's version.
        user_version: Version,
    },
    /// It gets its next token.
    ReplaceToken(Session),
    /// It ends.
    End(Session),
}

/// All sessions of a user end that are open when the command commits, but one.
#[derive(Clone, Copy, Debug)]
pub struct EndOfAll {
    /// Whose.
    pub user_id: UserId,
    /// The session that does not end.
    pub keep: Option<SessionId>,
    /// When.
    pub at: Timestamp,
}
