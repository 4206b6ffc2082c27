//! The context's face, and what its use cases share.

use std::sync::Arc;

use accounts_domain::{User, rules::email_already_registered};
use message_bus::{
    CommandLog, CommandMeta, CommitError, Conflict, LogsCommands, NotFound, ReplayRecord, UseCaseError,
    retry::Attempt,
};
use shared_kernel::{AggregateRoot, Clock, EmailAddress, IdGenerator, Refusal, Timestamp, UserId};

use crate::{
    AccessClaims, AccessTokens, AccountsUnitOfWork, AccountsUnits, PasswordHasher, RefreshTokens, Secret,
    TokenGrant, Tokens, UserQueries,
    standing_cache::StandingCache,
    throttling::{LogInThrottle, RegistrationThrottle},
};

/// What accounts needs from outside.
pub struct AccountsPorts {
    /// Where units of work come from.
    pub units: Arc<dyn AccountsUnits>,
    /// Questions to the store.
    pub queries: Arc<dyn UserQueries>,
    /// Hashes of passwords.
    pub passwords: Arc<dyn PasswordHasher>,
    /// Access tokens.
    pub access_tokens: Arc<dyn AccessTokens>,
    /// Refresh tokens.
    pub refresh_tokens: Arc<dyn RefreshTokens>,
    /// Time, for questions; commands bring their own.
    pub clock: Arc<dyn Clock>,
    /// Ids.
    pub ids: Arc<dyn IdGenerator>,
}

/// The accounts context.
pub struct Accounts {
    pub(crate) ports: AccountsPorts,
    pub(crate) standings: StandingCache,
    pub(crate) log_ins: LogInThrottle,
    pub(crate) registrations: RegistrationThrottle,
}

impl Accounts {
    /// The context over these ports.
    pub fn new(ports: AccountsPorts) -> Self {
        Self {
            ports,
            standings: StandingCache::default(),
            log_ins: LogInThrottle::default(),
            registrations: RegistrationThrottle::default(),
        }
    }

    /// The pair of tokens that a session's holder gets.
    pub(crate) fn grant(
        &self,
        claims: AccessClaims,
        refresh_token: &Secret,
        now: Timestamp,
    ) -> Result<TokenGrant, UseCaseError> {
        let issued = self.ports.access_tokens.issue(claims, now)?;
        Ok(TokenGrant::Granted(Tokens {
            access_token: issued.token.expose().to_owned(),
            refresh_token: refresh_token.expose().to_owned(),
            expires_in_seconds: issued.expires_in_seconds,
        }))
    }
}

impl LogsCommands for Accounts {
    fn command_log(&self) -> &dyn CommandLog {
        &*self.ports.units
    }
}

/// The user with this id, at the version that the caller named if they named one.
pub(crate) async fn user_to_change(
    unit: &mut dyn AccountsUnitOfWork,
    id: UserId,
    meta: &CommandMeta,
) -> Result<User, UseCaseError> {
    let user = unit.users().get(id).await?.ok_or(NO_SUCH_USER)?;
    match meta.expected_version {
        Some(expected) if expected != user.version() => Err(Conflict::StaleVersion {
            expected,
            current: user.version(),
        }
        .into()),
        Some(_) | None => Ok(user),
    }
}

/// Commits what happened to the user. When nothing did, there is at most the answer for the command log to commit.
pub(crate) async fn commit_changes(
    mut unit: Box<dyn AccountsUnitOfWork>,
    user: User,
    replay: Option<ReplayRecord>,
) -> Result<(), CommitError> {
    if !user.changes().is_empty() {
        unit.users().save(user);
    } else if replay.is_none() {
        return Ok(());
    }
    unit.commit(replay).await
}

/// There is no such user.
pub(crate) const NO_SUCH_USER: NotFound = NotFound { what: "user" };

/// The unique index's answer, as the rule's error.
pub(crate) fn unless_registered(error: CommitError, email: &EmailAddress) -> Attempt {
    match error {
        CommitError::AlreadyExists { constraint }
            if constraint == email_already_registered::DECIDING_INDEX =>
        {
            let error = email_already_registered::EmailAlreadyRegistered { email: email.clone() };
            Attempt::from(Refusal::from(error))
        }
        other => other.into(),
    }
}
