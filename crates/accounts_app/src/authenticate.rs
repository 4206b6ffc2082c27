//! Finds the user of an access token.
//!
//! The token itself is checked without I/O. Whether its session is open and its user active is read from the
//! store, and cached for two seconds at most, so that logging out, a new password, another role and a closed
//! account take effect soon, in every process.

use accounts_domain::rules::inactive_users_have_no_access::has_access;
use message_bus::UseCaseError;
use shared_kernel::{Role, SessionId, Timestamp, UserId};

use crate::{AccessClaims, Accounts, RejectedToken, SessionStatus};

/// The result of checking an access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authentication {
    /// It is accepted.
    Authenticated {
        /// Whose it is.
        user_id: UserId,
        /// Their present role, whatever the token says.
        role: Role,
        /// The session it belongs to.
        session_id: SessionId,
    },
    /// It is refused. The reason is for the log: the caller only gets `invalid_token`.
    Rejected(RejectedToken),
}

impl Accounts {
    /// Finds the user of an access token.
    ///
    /// # Errors
    /// [`UseCaseError::Unavailable`] when the store does not answer.
    pub async fn authenticate(&self, access_token: &str) -> Result<Authentication, UseCaseError> {
        let now = self.ports.clock.now();
        let claims = match self.ports.access_tokens.verify(access_token, now) {
            Ok(claims) => claims,
            Err(reason) => return Ok(Authentication::Rejected(reason)),
        };
        let Some(status) = self.status(claims.session_id, now).await? else {
            return Ok(Authentication::Rejected(RejectedToken::SessionOver));
        };
        Ok(judge(claims, status, now))
    }

    /// Finds the user of a session whose holder has proved it by something other than an access token.
    ///
    /// # Errors
    /// [`UseCaseError::Unavailable`] when the store does not answer.
    pub async fn authenticate_session(&self, session_id: SessionId) -> Result<Authentication, UseCaseError> {
        let now = self.ports.clock.now();
        let Some(status) = self.status(session_id, now).await? else {
            return Ok(Authentication::Rejected(RejectedToken::SessionOver));
        };
        let claims = AccessClaims {
            user_id: status.user_id,
            role: status.role,
            session_id,
        };
        Ok(judge(claims, status, now))
    }

    async fn status(&self, id: SessionId, now: Timestamp) -> Result<Option<SessionStatus>, UseCaseError> {
        if let Some(status) = self.statuses.get(id, now) {
            return Ok(Some(status));
        }
        let status = self.ports.store.session_status(id).await?;
        if let Some(status) = status {
            self.statuses.keep(id, status, now);
        }
        Ok(status)
    }
}

fn judge(claims: AccessClaims, status: SessionStatus, now: Timestamp) -> Authentication {
    let AccessClaims {
        user_id, session_id, ..
    } = claims;
    if status.user_id != user_id || status.ended_at.is_some() || now >= status.expires_at {
        Authentication::Rejected(RejectedToken::SessionOver)
    } else if !has_access(status.user_status) {
        Authentication::Rejected(RejectedToken::UserInactive)
    } else {
        Authentication::Authenticated {
            user_id,
            role: status.role,
            session_id,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AccessTokens, accounts_under_test::AccountsUnderTest, in_memory::TransparentAccessTokens};

    #[tokio::test]
    async fn what_is_no_token_or_has_expired_is_rejected() {
        let under_test = AccountsUnderTest::new();
        under_test.ada().await;
        let rubbish = under_test.accounts.authenticate("rubbish").await.unwrap();
        assert_eq!(rubbish, Authentication::Rejected(RejectedToken::Malformed));
        let tokens = under_test.log_in("ada@example.com").await;
        under_test.clock.advance_seconds(900);
        let expired = Authentication::Rejected(RejectedToken::Expired);
        assert_eq!(under_test.authenticate(&tokens).await, expired);
    }

    #[tokio::test]
    async fn a_well_signed_token_for_a_session_that_is_not_the_users_is_rejected() {
        let under_test = AccountsUnderTest::new();
        let ada = under_test.ada().await;
        let bob = under_test.create("bob@example.com").await.unwrap();
        let adas = under_test
            .session_of(&under_test.log_in("ada@example.com").await)
            .await;
        for (user_id, session_id) in [(bob.id, adas), (ada.id, SessionId::new(ada.id.uuid()))] {
            let claims = AccessClaims {
                user_id,
                role: Role::Customer,
                session_id,
            };
            let token = TransparentAccessTokens
                .issue(claims, ada.created_at)
                .unwrap()
                .token;
            let found = under_test.accounts.authenticate(token.expose()).await.unwrap();
            assert_eq!(found, Authentication::Rejected(RejectedToken::SessionOver));
        }
    }

    #[tokio::test]
    async fn a_session_stands_for_its_user_until_it_is_over() {
        let under_test = AccountsUnderTest::new();
        let ada = under_test.ada().await;
        let tokens = under_test.log_in("ada@example.com").await;
        let session_id = under_test.session_of(&tokens).await;
        let found = under_test
            .accounts
            .authenticate_session(session_id)
            .await
            .unwrap();
        let good = Authentication::Authenticated {
            user_id: ada.id,
            role: ada.role,
            session_id,
        };
        assert_eq!(found, good);
        let mut unit = under_test.accounts.begin(&under_test.by_the_operator());
        unit.sessions().end_all_of(ada.id, None, ada.created_at);
        unit.commit(None).await.unwrap();
        under_test.clock.advance_seconds(2);
        let rejected = Authentication::Rejected(RejectedToken::SessionOver);
        for session_id in [session_id, SessionId::new(ada.id.uuid())] {
            let found = under_test
                .accounts
                .authenticate_session(session_id)
                .await
                .unwrap();
            assert_eq!(found, rejected);
        }
    }

    #[tokio::test]
    async fn what_another_process_ends_is_seen_within_two_seconds() {
        let under_test = AccountsUnderTest::new();
        let ada = under_test.ada().await;
        let tokens = under_test.log_in("ada@example.com").await;
        under_test.session_of(&tokens).await;
        let mut unit = under_test.accounts.begin(&under_test.by_the_operator());
        unit.sessions().end_all_of(ada.id, None, ada.created_at);
        unit.commit(None).await.unwrap();
        under_test.clock.advance_seconds(1);
        under_test.session_of(&tokens).await;
        under_test.clock.advance_seconds(1);
        let rejected = Authentication::Rejected(RejectedToken::SessionOver);
        assert_eq!(under_test.authenticate(&tokens).await, rejected);
    }

    #[test]
    fn a_user_who_is_inactive_is_rejected_even_while_the_session_stands() {
        use accounts_domain::UserStatus;
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let user_id = "0197b2c4-6d00-7000-8000-000000000001".parse().unwrap();
        let session_id = "0197b2c4-6d00-7000-8000-000000000002".parse().unwrap();
        let claims = AccessClaims {
            user_id,
            role: Role::Admin,
            session_id,
        };
        let status = SessionStatus {
            user_id,
            role: Role::Staff,
            user_status: UserStatus::Active,
            expires_at: now.plus_seconds(1),
            ended_at: None,
        };
        let good = Authentication::Authenticated {
            user_id,
            role: Role::Staff,
            session_id,
        };
        assert_eq!(judge(claims, status, now), good);
        let inactive = SessionStatus {
            user_status: UserStatus::Inactive,
            ..status
        };
        assert_eq!(
            judge(claims, inactive, now),
            Authentication::Rejected(RejectedToken::UserInactive)
        );
        let expired = judge(claims, status, now.plus_seconds(1));
        assert_eq!(expired, Authentication::Rejected(RejectedToken::SessionOver));
    }
}
