//! What accounts needs from outside besides a database: hashes of passwords, and both kinds of token.

use accounts_domain::{NewPassword, PasswordHash, PasswordMatch, TokenHash};
use async_trait::async_trait;
use message_bus::Unavailable;
use shared_kernel::{Role, SessionId, Timestamp, UserId};

use crate::Secret;

/// Makes hashes of passwords, deliberately slowly.
#[async_trait]
pub trait PasswordHasher: Send + Sync {
    /// Hashes a password for storing.
    ///
    /// # Errors
    /// [`Unavailable::Throttled`] when too many wait already.
    async fn hash(&self, password: &NewPassword) -> Result<PasswordHash, Unavailable>;

    /// Compares a password with a hash.
    ///
    /// # Errors
    /// [`Unavailable::Throttled`] when too many wait already.
    async fn verify(&self, password: &Secret, hash: &PasswordHash) -> Result<PasswordMatch, Unavailable>;

    /// A hash that no password matches and that costs as much to compare as any: for users who do not exist.
    fn decoy(&self) -> PasswordHash;
}

/// Issues and verifies access tokens. Neither asks the store.
pub trait AccessTokens: Send + Sync {
    /// Issues a token at `now`.
    ///
    /// # Errors
    /// [`Unavailable::Defect`] when it cannot be signed.
    fn issue(&self, claims: AccessClaims, now: Timestamp) -> Result<IssuedAccessToken, Unavailable>;

    /// What a token claims, if it is ours and in force at `now`.
    ///
    /// # Errors
    /// Why it is not.
    fn verify(&self, token: &str, now: Timestamp) -> Result<AccessClaims, RejectedToken>;
}

/// What an access token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccessClaims {
    /// Whose it is.
    pub user_id: UserId,
    /// The role they had when it was issued. For the holder's information only: the store's role counts.
    pub role: Role,
    /// The session it belongs to.
    pub session_id: SessionId,
}

/// A signed access token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedAccessToken {
    /// The token.
    pub token: Secret,
    /// How long it serves, in seconds.
    pub expires_in_seconds: u32,
}

/// Why an access token is not accepted. For logs and tests; a caller only ever gets `invalid_token`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RejectedToken {
    /// It does not have the form of our access tokens.
    #[error("the access token is malformed")]
    Malformed,
    /// Its signature is not ours.
    #[error("the access token's signature is wrong")]
    WrongSignature,
    /// Its issuer, audience or purpose is another one.
    #[error("the access token is not meant for this service")]
    NotForThisService,
    /// It claims to have been issued later than now.
    #[error("the access token was issued in the future")]
    IssuedInTheFuture,
    /// It has expired.
    #[error("the access token has expired")]
    Expired,
    /// Its session has ended, has expired or does not exist.
    #[error("the access token's session is over")]
    SessionOver,
    /// Its user may not log in any more.
    #[error("the access token's user is inactive")]
    UserInactive,
}

/// Makes refresh tokens and their hashes.
pub trait RefreshTokens: Send + Sync {
    /// The first token of a new family: 256 random bits.
    fn first(&self) -> Secret;

    /// The token that follows `token`: always the same one, and not computable without the key.
    fn successor(&self, token: &Secret) -> Secret;

    /// The form in which a token is kept.
    fn hash(&self, token: &Secret) -> TokenHash;
}
