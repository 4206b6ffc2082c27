//! A user logs in, which opens a session.
//!
//! Neither the answer nor its time shows why a log-in is refused: if the user does not exist, the password is
//! compared with a decoy. Throttling comes before all of that.

use std::net::IpAddr;

use accounts_domain::{PasswordMatch, Session, User, rules::inactive_users_have_no_access::has_access};
use message_bus::{
    Command, CommandMeta, Handles, UseCaseError,
    retry::{UseCaseFailure, retry_on_conflict},
};
use shared_kernel::{AggregateRoot, EmailAddress, Role, SessionId, UserId};

use crate::{AccessClaims, Accounts, Secret, TokenGrant, UnitOfWork};

/// Log in with a password.
#[derive(Clone, Debug)]
pub struct LogIn {
    /// The user's e-mail address, or whatever was given for it.
    pub username: String,
    /// What was given for the password.
    pub password: Secret,
    /// Where the request came from; `None` when it came over no network.
    pub caller_address: Option<IpAddr>,
}

impl Command for LogIn {
    type Output = TokenGrant;
}

impl Handles<LogIn> for Accounts {
    async fn handle(&self, command: LogIn, meta: CommandMeta) -> Result<TokenGrant, UseCaseError> {
        let attempt = self
            .log_ins
            .admit(command.caller_address, &command.username, meta.issued_at)?;
        let result = self.log_in(&command, &meta).await;
        self.log_ins.record_result(attempt, &result);
        result
    }
}

impl Accounts {
    async fn log_in(&self, command: &LogIn, meta: &CommandMeta) -> Result<TokenGrant, UseCaseError> {
        let session_id = SessionId::new(self.ports.ids.next_id());
        let refresh_token = self.ports.refresh_tokens.first();
        let token_hash = self.ports.refresh_tokens.hash(&refresh_token);
        let now = meta.issued_at;
        let opened: Option<(UserId, Role)> = retry_on_conflict(meta, self.ports.ids.as_ref(), || async {
            let mut unit = self.begin(meta);
            let Some(user) = self.user_with_password(&mut unit, command).await? else {
                return Ok(None);
            };
            let session = Session::open(session_id, user.id(), token_hash, now);
            unit.sessions().open(session, user.version());
            // No replay record: tokens are answered once and kept nowhere.
            unit.commit(None).await?;
            Ok(Some((user.id(), user.role())))
        })
        .await?;
        match opened {
            Some((user_id, role)) => self.grant(
                AccessClaims {
                    user_id,
                    role,
                    session_id,
                },
                &refresh_token,
                now,
            ),
            None => Ok(TokenGrant::InvalidGrant),
        }
    }

    async fn user_with_password(
        &self,
        unit: &mut UnitOfWork<'_>,
        given: &LogIn,
    ) -> Result<Option<User>, UseCaseFailure> {
        let user = match given.username.parse::<EmailAddress>() {
            Ok(email) => unit.users().with_email(&email).await?,
            Err(_) => None,
        };
        let passwords = &self.ports.passwords;
        let hash = user
            .as_ref()
            .map_or_else(|| passwords.decoy(), |user| user.password_hash().clone());
        Ok(match passwords.verify(&given.password, &hash).await? {
            PasswordMatch::Matches => user.filter(|user| has_access(user.status())),
            PasswordMatch::Differs => None,
        })
    }
}

#[cfg(test)]
mod tests {
    use accounts_domain::TokenHash;
    use message_bus::{Actor, CommitError};
    use shared_kernel::Version;

    use super::*;
    use crate::{
        Authentication,
        accounts_under_test::{AccountsUnderTest, PASSWORD, granted},
    };

    #[tokio::test]
    async fn the_right_password_opens_a_session() {
        let under_test = AccountsUnderTest::new();
        let ada = under_test.ada().await;
        let tokens = granted(under_test.try_log_in("ADA@example.com", PASSWORD).await);
        assert_eq!(tokens.expires_in_seconds, 900);
        let session_id = under_test.session_of(&tokens).await;
        let expected = Authentication::Authenticated {
            user_id: ada.id,
            role: Role::Customer,
            session_id,
        };
        assert_eq!(under_test.authenticate(&tokens).await, expected);
        let sessions = under_test.accounts.sessions(ada.id).await.unwrap();
        assert_eq!(
            sessions.iter().map(|session| session.id).collect::<Vec<_>>(),
            [session_id]
        );
    }

    #[tokio::test]
    async fn whoever_is_turned_away_learns_no_more_than_that_and_waits_as_long() {
        let under_test = AccountsUnderTest::new();
        under_test.ada().await;
        for (username, password) in [
            ("ada@example.com", "wrong"),
            ("nobody@example.com", PASSWORD),
            ("not an address", PASSWORD),
            ("", ""),
        ] {
            let before = under_test.passwords.comparisons();
            assert_eq!(
                under_test.try_log_in(username, password).await,
                TokenGrant::InvalidGrant,
                "{username}"
            );
            assert_eq!(under_test.passwords.comparisons() - before, 1, "{username}");
        }
    }

    #[tokio::test]
    async fn no_session_is_opened_for_a_user_who_changed_in_the_same_moment() {
        let under_test = AccountsUnderTest::new();
        let ada = under_test.ada().await;
        for user_version in [Version::NEVER_STORED, Version::new(2)] {
            let mut unit = under_test.accounts.begin(&under_test.meta(Actor::Anonymous));
            let id = SessionId::new(ada.id.uuid());
            let session = Session::open(id, ada.id, TokenHash::new([1; 32]), ada.created_at);
            unit.sessions().open(session, user_version);
            assert!(matches!(
                unit.commit(None).await,
                Err(CommitError::VersionConflict)
            ));
        }
        assert_eq!(under_test.accounts.sessions(ada.id).await.unwrap(), []);
    }

    #[tokio::test]
    async fn debugging_output_shows_no_token() {
        let under_test = AccountsUnderTest::new();
        under_test.ada().await;
        let tokens = under_test.log_in("ada@example.com").await;
        let printed = format!("{tokens:?}");
        assert!(!printed.contains(&tokens.access_token) && !printed.contains(&tokens.refresh_token));
    }
}
