//! A caller hands in a token that they no longer need (RFC 7009), which ends its session.

use accounts_domain::Session;
use message_bus::{Command, CommandMeta, Handles, Unavailable, UseCaseError, retry::retry_on_conflict};
use shared_kernel::SessionId;

use crate::{Accounts, Secret, UnitOfWork};

/// Revoke a refresh token of any age, or an access token. An unknown one counts as revoked.
#[derive(Clone, Debug)]
pub struct RevokeToken {
    /// What was given for the token.
    pub token: Secret,
}

impl Command for RevokeToken {
    type Output = ();
}

impl Handles<RevokeToken> for Accounts {
    async fn handle(&self, command: RevokeToken, meta: CommandMeta) -> Result<(), UseCaseError> {
        let now = meta.issued_at;
        let ended: Option<SessionId> = retry_on_conflict(&meta, self.ports.ids.as_ref(), || async {
            let mut unit = self.begin(&meta);
            let session = self.session_of(&mut unit, &command.token, &meta).await?;
            let Some(mut session) = session.filter(|session| !session.is_over(now)) else {
                return Ok(None);
            };
            let session_id = session.id();
            session.end(now);
            unit.sessions().end(session);
            unit.commit(None).await?;
            Ok(Some(session_id))
        })
        .await?;
        if let Some(session_id) = ended {
            self.statuses.forget_session(session_id);
        }
        Ok(())
    }
}

impl Accounts {
    async fn session_of(
        &self,
        unit: &mut UnitOfWork<'_>,
        token: &Secret,
        meta: &CommandMeta,
    ) -> Result<Option<Session>, Unavailable> {
        match self.ports.access_tokens.verify(token.expose(), meta.issued_at) {
            Ok(claims) => unit.sessions().get(claims.session_id).await,
            Err(_) => {
                unit.sessions()
                    .with_token(self.ports.refresh_tokens.hash(token))
                    .await
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use message_bus::Actor;

    use super::*;
    use crate::{
        Authentication, RejectedToken, TokenGrant,
        accounts_under_test::{AccountsUnderTest, granted},
    };

    async fn revoke(under_test: &AccountsUnderTest, token: &str) {
        let command = RevokeToken {
            token: Secret::new(token.to_owned()),
        };
        under_test
            .accounts
            .send(command, under_test.meta(Actor::Anonymous))
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn handing_in_any_token_of_a_session_ends_it_at_once() {
        let under_test = AccountsUnderTest::new();
        under_test.ada().await;
        for which in ["newest", "replaced", "access"] {
            let first = under_test.log_in("ada@example.com").await;
            let second = granted(under_test.refresh(&first.refresh_token).await);
            under_test.session_of(&second).await;
            let token = match which {
                "newest" => &second.refresh_token,
                "replaced" => &first.refresh_token,
                _ => &second.access_token,
            };
            revoke(&under_test, token).await;
            let rejected = Authentication::Rejected(RejectedToken::SessionOver);
            assert_eq!(under_test.authenticate(&second).await, rejected, "{which}");
            assert_eq!(
                under_test.refresh(&second.refresh_token).await,
                TokenGrant::InvalidGrant,
                "{which}"
            );
            revoke(&under_test, token).await;
        }
    }

    #[tokio::test]
    async fn handing_in_something_else_ends_nothing() {
        let under_test = AccountsUnderTest::new();
        under_test.ada().await;
        let tokens = under_test.log_in("ada@example.com").await;
        revoke(&under_test, "rubbish").await;
        under_test.session_of(&tokens).await;
        granted(under_test.refresh(&tokens.refresh_token).await);
    }
}
