//! What accounts answers: plain data.

use std::fmt;

use accounts_domain::{StoredSession, StoredUser, User, UserStatus};
use schema::HasSchema;
use serde::{Deserialize, Serialize};
use shared_kernel::{AggregateRoot, EmailAddress, Role, SessionId, Timestamp, UserId, Version};

/// A user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, HasSchema)]
#[schema(name = "User", example({
    "id": "0197b2c4-0000-7000-8000-0000000000ad", "email": "ada@example.com",
    "role": "customer", "active": true, "created_at": "2026-01-31T12:00:00.000000Z", "version": 1,
}))]
pub struct UserView {
    /// Identity.
    pub id: UserId,
    /// E-mail address, as it was written.
    pub email: EmailAddress,
    /// What they may do.
    pub role: Role,
    /// Whether they may log in.
    pub active: bool,
    /// When the account was created.
    pub created_at: Timestamp,
    /// The version of this state.
    pub version: Version,
}

impl UserView {
    /// The view of a user with all its changes.
    pub fn of(user: &User) -> Self {
        Self {
            id: user.id(),
            email: user.email().clone(),
            role: user.role(),
            active: user.status() == UserStatus::Active,
            created_at: user.created_at(),
            version: user.version(),
        }
    }

    /// The view of a user as they are stored, without the password's hash.
    pub fn of_stored(user: StoredUser) -> Self {
        Self {
            id: user.id,
            email: user.email,
            role: user.role,
            active: user.status == UserStatus::Active,
            created_at: user.created_at,
            version: user.version,
        }
    }
}

/// A log-in session that is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, HasSchema)]
#[schema(name = "Session", example({
    "id": "0197b2c4-0000-7000-8000-0000000000f1",
    "created_at": "2026-01-31T12:00:00.000000Z", "last_used_at": "2026-01-31T12:00:00.000000Z",
    "expires_at": "2026-03-02T12:00:00.000000Z",
}))]
pub struct SessionView {
    /// Identity.
    pub id: SessionId,
    /// When the user logged in.
    pub created_at: Timestamp,
    /// When it was last refreshed, or opened.
    pub last_used_at: Timestamp,
    /// When it expires, unless it is refreshed.
    pub expires_at: Timestamp,
}

impl SessionView {
    /// The view of a session that is open.
    pub const fn of(session: &StoredSession) -> Self {
        Self {
            id: session.id,
            created_at: session.opened_at,
            last_used_at: session.last_used_at,
            expires_at: session.expires_at,
        }
    }
}

/// The answer to a request for tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TokenGrant {
    /// The tokens.
    Granted(Tokens),
    /// The reason is not given: an unknown user, a wrong password, a closed account, a spent token.
    InvalidGrant,
}

/// A pair of tokens. They are for their holder alone, so `Debug` shows neither, and there is no JSON:
/// the command log must never hold one.
#[derive(Clone, PartialEq, Eq)]
pub struct Tokens {
    /// Proves, for a short time, who a request comes from.
    pub access_token: String,
    /// Gets the next pair, once.
    pub refresh_token: String,
    /// How long the access token serves, in seconds.
    pub expires_in_seconds: u32,
}

impl fmt::Debug for Tokens {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Tokens")
            .field("expires_in_seconds", &self.expires_in_seconds)
            .finish_non_exhaustive()
    }
}
