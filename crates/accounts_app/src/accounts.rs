//! The context's entry point, and what its use cases share.

use std::sync::Arc;

use accounts_domain::{User, rules::email_already_registered};
use message_bus::{
    CommandLog, CommandMeta, CommitError, LogsCommands, NotFound, ReplayRecord, UseCaseError,
    retry::UseCaseFailure,
};
use shared_kernel::{AggregateRoot, Clock, EmailAddress, IdGenerator, Refusal, Timestamp, UserId};

use crate::{
    AccessClaims, AccessTokens, AccountsStore, PasswordHasher, RefreshTokens, Secret, TokenGrant, Tokens,
    UnitOfWork,
    session_status_cache::SessionStatusCache,
    throttling::{LogInThrottle, RegistrationThrottle},
};

/// What accounts needs from outside.
pub struct AccountsPorts {
    /// Users and sessions.
    pub store: Arc<dyn AccountsStore>,
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
    pub(crate) statuses: SessionStatusCache,
    pub(crate) log_ins: LogInThrottle,
    pub(crate) registrations: RegistrationThrottle,
}

impl Accounts {
    /// The context over these ports.
    pub fn new(ports: AccountsPorts) -> Self {
        Self {
            ports,
            statuses: SessionStatusCache::default(),
            log_ins: LogInThrottle::default(),
            registrations: RegistrationThrottle::default(),
        }
    }

    /// Begins a unit of work.
    pub(crate) fn begin(&self, meta: &CommandMeta) -> UnitOfWork<'_> {
        UnitOfWork::begin(self.ports.store.as_ref(), self.ports.ids.as_ref(), meta.clone())
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
        &*self.ports.store
    }
}

/// The user with this id, at the version that the caller stated, if they stated one.
pub(crate) async fn user_to_change(
    unit: &mut UnitOfWork<'_>,
    id: UserId,
    meta: &CommandMeta,
) -> Result<User, UseCaseError> {
    let user = unit.users().get(id).await?.ok_or(NO_SUCH_USER)?;
    meta.check_expected_version(user.version())?;
    Ok(user)
}

/// Commits the user's changes. Without any, it commits at most the answer for the command log.
pub(crate) async fn commit_changes(
    mut unit: UnitOfWork<'_>,
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

/// Turns the unique index's answer into the rule's error.
pub(crate) fn unless_registered(error: CommitError, email: &EmailAddress) -> UseCaseFailure {
    match error {
        CommitError::AlreadyExists { constraint }
            if constraint == email_already_registered::DECIDING_INDEX =>
        {
            let error = email_already_registered::EmailAlreadyRegistered { email: email.clone() };
            UseCaseFailure::from(Refusal::from(error))
        }
        other => other.into(),
    }
}
