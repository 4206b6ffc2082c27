//! What accounts needs from outside, as traits that `accounts_infra` implements per engine and `in_memory` for tests.

use accounts_domain::{NewPassword, PasswordHash, PasswordMatch, Session, TokenHash, User};
use async_trait::async_trait;
use message_bus::{CommandLog, CommandMeta, CommitError, ReplayRecord, Unavailable};
use shared_kernel::{EmailAddress, Role, SessionId, Timestamp, UserId, Version};

use crate::{Secret, SessionView, UserView};

/// Where units of work come from.
pub trait AccountsUnits: CommandLog {
    /// Begins one. No transaction is open until it commits.
    fn begin(&self, meta: CommandMeta) -> Box<dyn AccountsUnitOfWork>;
}

/// All that one command changes. Nothing reaches the store before `commit`; dropping it instead is a rollback.
#[async_trait]
pub trait AccountsUnitOfWork: Send {
    /// The users.
    fn users(&mut self) -> &mut dyn UserRepository;

    /// The sessions.
    fn sessions(&mut self) -> &mut dyn SessionRepository;

    /// Writes everything that was registered, with its events, as one write set.
    ///
    /// # Errors
    /// [`CommitError`]; nothing was written then.
    async fn commit(self: Box<Self>, replay: Option<ReplayRecord>) -> Result<(), CommitError>;
}

/// Users, by id or address.
#[async_trait]
pub trait UserRepository: Send {
    /// The user with this id.
    async fn get(&mut self, id: UserId) -> Result<Option<User>, Unavailable>;

    /// The user with this address, however it is cased.
    async fn with_email(&mut self, email: &EmailAddress) -> Result<Option<User>, Unavailable>;

    /// Registers a user's changes, guarded by the version it was loaded at.
    fn save(&mut self, user: User);
}

/// Sessions and the tokens of their families.
#[async_trait]
pub trait SessionRepository: Send {
    /// The session with this id.
    async fn get(&mut self, id: SessionId) -> Result<Option<Session>, Unavailable>;

    /// The session whose family the token belongs to, however old the token.
    async fn with_token(&mut self, token: TokenHash) -> Result<Option<Session>, Unavailable>;

    /// Registers a new session. It is only written while its user is at `user_version`: a password that changes, or
    /// an account that is closed, in the same moment must not leave a session behind.
    fn open(&mut self, session: Session, user_version: Version);

    /// Registers the session's new token, guarded by the version it was loaded at.
    fn replace_token(&mut self, session: Session);

    /// Registers the session's end, guarded by the version it was loaded at.
    fn end(&mut self, session: Session);

    /// Registers the end of all sessions that the user has when the unit of work commits, except `keep`.
    fn end_all_of(&mut self, user_id: UserId, keep: Option<SessionId>, at: Timestamp);
}

/// Questions that load no aggregates.
#[async_trait]
pub trait UserQueries: Send + Sync {
    /// The user with this id.
    async fn user(&self, id: UserId) -> Result<Option<UserView>, Unavailable>;

    /// The users with this address, however it is cased.
    async fn users_with_email(&self, email: &EmailAddress) -> Result<Vec<UserView>, Unavailable>;

    /// A user's sessions that are open at `now`, the last used first.
    async fn open_sessions(&self, user_id: UserId, now: Timestamp) -> Result<Vec<SessionView>, Unavailable>;

    /// Whether a session stands, and whose it is.
    async fn session_standing(&self, id: SessionId) -> Result<Option<SessionStanding>, Unavailable>;
}

/// What an access token's session and user look like in the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionStanding {
    /// Whose session it is.
    pub user_id: UserId,
    /// The user's role now.
    pub role: Role,
    /// Whether the user may log in.
    pub user_status: accounts_domain::UserStatus,
    /// When the session expires.
    pub expires_at: Timestamp,
    /// When it was ended, if it was.
    pub ended_at: Option<Timestamp>,
}

/// Makes hashes of passwords, at a cost that is meant.
#[async_trait]
pub trait PasswordHasher: Send + Sync {
    /// Hashes a password for keeping.
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
    /// The role they had when it was issued. Only for the holder's information: what counts is the store's.
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

/// Why an access token is not accepted. For logs and tests; a caller only ever learns `invalid_token`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RejectedToken {
    /// It is no access token of ours in form.
    #[error("the access token is malformed")]
    Malformed,
    /// Its signature is not ours.
    #[error("the access token's signature is wrong")]
    WrongSignature,
    /// It was issued by or for somebody else, or for another purpose.
    #[error("the access token is not meant for this service")]
    NotForThisService,
    /// It claims to have been issued later than now.
    #[error("the access token was issued in the future")]
    IssuedInTheFuture,
    /// Its time is over.
    #[error("the access token has expired")]
    Expired,
    /// Its session has ended, has expired or never was.
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

    /// The token that follows `token`: always the same one, and nobody else can work it out.
    fn successor(&self, token: &Secret) -> Secret;

    /// The form in which a token is kept.
    fn hash(&self, token: &Secret) -> TokenHash;
}
