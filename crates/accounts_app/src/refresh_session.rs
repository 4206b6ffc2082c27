//! The holder of a refresh token gets the next pair of tokens.

use accounts_domain::{PresentedToken, rules::inactive_users_have_no_access::has_access};
use message_bus::{
    Command, CommandMeta, Handles, UseCaseError,
    retry::{UseCaseFailure, retry_on_conflict},
};
use shared_kernel::{AggregateRoot, Role, SessionId, UserId};

use crate::{AccessClaims, Accounts, Secret, TokenGrant};

/// Refresh a session.
#[derive(Clone, Debug)]
pub struct RefreshSession {
    /// What was given for the refresh token.
    pub refresh_token: Secret,
}

impl Command for RefreshSession {
    type Output = TokenGrant;
}

impl Handles<RefreshSession> for Accounts {
    async fn handle(&self, command: RefreshSession, meta: CommandMeta) -> Result<TokenGrant, UseCaseError> {
        let successor = self.ports.refresh_tokens.successor(&command.refresh_token);
        let refreshed = retry_on_conflict(&meta, self.ports.ids.as_ref(), || {
            self.refresh(&command, &successor, &meta)
        })
        .await?;
        match refreshed {
            Some((user_id, role, session_id)) => self.grant(
                AccessClaims {
                    user_id,
                    role,
                    session_id,
                },
                &successor,
                meta.issued_at,
            ),
            None => Ok(TokenGrant::InvalidGrant),
        }
    }
}

impl Accounts {
    /// Of two requests with one token that commit at the same time, one loses by the session's version; when
    /// decided again, its token is the one just replaced, and it gets the same successor.
    async fn refresh(
        &self,
        command: &RefreshSession,
        successor: &Secret,
        meta: &CommandMeta,
    ) -> Result<Option<(UserId, Role, SessionId)>, UseCaseFailure> {
        let tokens = &self.ports.refresh_tokens;
        let presented = tokens.hash(&command.refresh_token);
        let now = meta.issued_at;
        let mut unit = self.begin(meta);
        let Some(mut session) = unit.sessions().with_token(presented).await? else {
            return Ok(None);
        };
        let session_id = session.id();
        let Some(user) = unit
            .users()
            .get(session.user_id())
            .await?
            .filter(|user| has_access(user.status()))
        else {
            return Ok(None);
        };
        let granted = Some((user.id(), user.role(), session_id));
        match session.judge(presented, now) {
            PresentedToken::Newest => {
                session.replace_token(tokens.hash(successor), now);
                unit.sessions().replace_token(session);
                unit.commit(None).await?;
                Ok(granted)
            }
            PresentedToken::JustReplaced => Ok(granted),
            PresentedToken::UsedAgain => {
                session.end(now);
                unit.sessions().end(session);
                unit.commit(None).await?;
                self.statuses.forget_session(session_id);
                Ok(None)
            }
            PresentedToken::Spent => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use message_bus::{Actor, CommitError};

    use super::*;
    use crate::{
        Authentication, RejectedToken, Tokens,
        accounts_under_test::{AccountsUnderTest, granted},
    };

    const DAY_SECONDS: i64 = 24 * 60 * 60;

    async fn logged_in() -> (AccountsUnderTest, Tokens) {
        let under_test = AccountsUnderTest::new();
        under_test.ada().await;
        let tokens = under_test.log_in("ada@example.com").await;
        (under_test, tokens)
    }

    #[tokio::test]
    async fn a_refresh_token_gets_the_next_pair_of_the_same_session() {
        let (under_test, first) = logged_in().await;
        let session = under_test.session_of(&first).await;
        let second = granted(under_test.refresh(&first.refresh_token).await);
        assert_ne!(second.refresh_token, first.refresh_token);
        assert_eq!(under_test.session_of(&second).await, session);
        let third = granted(under_test.refresh(&second.refresh_token).await);
        assert_eq!(under_test.session_of(&third).await, session);
    }

    #[tokio::test]
    async fn within_the_grace_window_a_replaced_token_gets_the_same_successor_again() {
        let (under_test, first) = logged_in().await;
        let second = granted(under_test.refresh(&first.refresh_token).await);
        under_test.clock.advance_seconds(10);
        let again = granted(under_test.refresh(&first.refresh_token).await);
        assert_eq!(again.refresh_token, second.refresh_token);
        granted(under_test.refresh(&again.refresh_token).await);
    }

    #[tokio::test]
    async fn a_token_used_again_after_the_grace_window_ends_the_family() {
        let (under_test, first) = logged_in().await;
        let second = granted(under_test.refresh(&first.refresh_token).await);
        under_test.session_of(&second).await;
        under_test.clock.advance_seconds(11);
        assert_eq!(
            under_test.refresh(&first.refresh_token).await,
            TokenGrant::InvalidGrant
        );
        assert_eq!(
            under_test.refresh(&second.refresh_token).await,
            TokenGrant::InvalidGrant
        );
        let rejected = Authentication::Rejected(RejectedToken::SessionOver);
        assert_eq!(under_test.authenticate(&second).await, rejected);
    }

    #[tokio::test]
    async fn a_token_whose_successor_was_used_ends_the_family_within_the_grace_window_too() {
        let (under_test, first) = logged_in().await;
        let second = granted(under_test.refresh(&first.refresh_token).await);
        let third = granted(under_test.refresh(&second.refresh_token).await);
        assert_eq!(
            under_test.refresh(&first.refresh_token).await,
            TokenGrant::InvalidGrant
        );
        assert_eq!(
            under_test.refresh(&third.refresh_token).await,
            TokenGrant::InvalidGrant
        );
    }

    #[tokio::test]
    async fn the_oldest_token_of_a_long_family_is_known_for_what_it_is() {
        let (under_test, first) = logged_in().await;
        let mut newest = first.clone();
        for _ in 0..5 {
            under_test.clock.advance_seconds(DAY_SECONDS);
            newest = granted(under_test.refresh(&newest.refresh_token).await);
        }
        assert_eq!(
            under_test.refresh(&first.refresh_token).await,
            TokenGrant::InvalidGrant
        );
        assert_eq!(
            under_test.refresh(&newest.refresh_token).await,
            TokenGrant::InvalidGrant
        );
    }

    #[tokio::test]
    async fn ending_one_family_leaves_the_users_other_sessions_alone() {
        let (under_test, first) = logged_in().await;
        let other = under_test.log_in("ada@example.com").await;
        granted(under_test.refresh(&first.refresh_token).await);
        under_test.clock.advance_seconds(20);
        assert_eq!(
            under_test.refresh(&first.refresh_token).await,
            TokenGrant::InvalidGrant
        );
        granted(under_test.refresh(&other.refresh_token).await);
    }

    #[tokio::test]
    async fn a_session_expires_after_thirty_days_without_use() {
        let (under_test, first) = logged_in().await;
        under_test.clock.advance_seconds(29 * DAY_SECONDS);
        let second = granted(under_test.refresh(&first.refresh_token).await);
        under_test.clock.advance_seconds(30 * DAY_SECONDS);
        assert_eq!(
            under_test.refresh(&second.refresh_token).await,
            TokenGrant::InvalidGrant
        );
    }

    #[tokio::test]
    async fn what_is_no_token_of_ours_gets_nothing() {
        let (under_test, tokens) = logged_in().await;
        for token in ["", "rubbish", &tokens.access_token] {
            assert_eq!(
                under_test.refresh(token).await,
                TokenGrant::InvalidGrant,
                "{token:?}"
            );
        }
    }

    #[tokio::test]
    async fn of_two_replacements_decided_at_once_only_one_commits() {
        let (under_test, tokens) = logged_in().await;
        let ports = &under_test.accounts.ports;
        let token = Secret::new(tokens.refresh_token);
        let presented = ports.refresh_tokens.hash(&token);
        let successor = ports.refresh_tokens.hash(&ports.refresh_tokens.successor(&token));
        let mut units = [(); 2].map(|()| under_test.accounts.begin(&under_test.meta(Actor::Anonymous)));
        for unit in &mut units {
            let mut session = unit.sessions().with_token(presented).await.unwrap().unwrap();
            session.replace_token(successor, under_test.meta(Actor::Anonymous).issued_at);
            unit.sessions().replace_token(session);
        }
        let [faster, slower] = units;
        assert!(faster.commit(None).await.is_ok());
        assert!(matches!(
            slower.commit(None).await,
            Err(CommitError::VersionConflict)
        ));
        let granted = granted(under_test.refresh(token.expose()).await);
        assert_eq!(
            ports.refresh_tokens.hash(&Secret::new(granted.refresh_token)),
            successor
        );
    }
}
