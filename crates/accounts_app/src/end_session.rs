//! A user ends one of their sessions: logs out, here or on another device.

use message_bus::{Command, CommandMeta, Handles, NotFound, UseCaseError, retry::retry_on_conflict};
use shared_kernel::SessionId;

use crate::Accounts;

/// End a session of the user who asks.
#[derive(Clone, Copy, Debug)]
pub struct EndSession {
    /// The session. Another user's, or one that has ended, counts as not found.
    pub session_id: SessionId,
}

impl Command for EndSession {
    type Output = ();
}

impl Handles<EndSession> for Accounts {
    async fn handle(&self, command: EndSession, meta: CommandMeta) -> Result<(), UseCaseError> {
        const NO_SUCH_SESSION: NotFound = NotFound { what: "session" };
        let user_id = meta.actor.user_id().ok_or(NO_SUCH_SESSION)?;
        let now = meta.issued_at;
        retry_on_conflict(&meta, self.ports.ids.as_ref(), || async {
            let mut unit = self.begin(&meta);
            let mut session = unit
                .sessions()
                .get(command.session_id)
                .await?
                .filter(|session| session.user_id() == user_id && !session.is_over(now))
                .ok_or(NO_SUCH_SESSION)?;
            session.end(now);
            unit.sessions().end(session);
            unit.commit(meta.replay_record(&())?).await?;
            Ok(())
        })
        .await?;
        self.statuses.forget_session(command.session_id);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Authentication, RejectedToken, TokenGrant, accounts_under_test::AccountsUnderTest};

    #[tokio::test]
    async fn a_user_ends_one_of_their_sessions_at_once_and_keeps_the_others() {
        let under_test = AccountsUnderTest::new();
        let ada = under_test.ada().await;
        let here = under_test.log_in("ada@example.com").await;
        let there = under_test.log_in("ada@example.com").await;
        let command = EndSession {
            session_id: under_test.session_of(&there).await,
        };
        under_test
            .accounts
            .send(command, under_test.by(ada.id))
            .await
            .unwrap();
        let rejected = Authentication::Rejected(RejectedToken::SessionOver);
        assert_eq!(under_test.authenticate(&there).await, rejected);
        assert_eq!(
            under_test.refresh(&there.refresh_token).await,
            TokenGrant::InvalidGrant
        );
        under_test.session_of(&here).await;
        let again = under_test.accounts.send(command, under_test.by(ada.id)).await;
        assert!(matches!(
            again,
            Err(UseCaseError::NotFound(NotFound { what: "session" }))
        ));
    }

    #[tokio::test]
    async fn somebody_elses_session_is_as_good_as_absent() {
        let under_test = AccountsUnderTest::new();
        under_test.ada().await;
        let bob = under_test.create("bob@example.com").await.unwrap();
        let adas = under_test.log_in("ada@example.com").await;
        let command = EndSession {
            session_id: under_test.session_of(&adas).await,
        };
        let result = under_test.accounts.send(command, under_test.by(bob.id)).await;
        assert!(matches!(
            result,
            Err(UseCaseError::NotFound(NotFound { what: "session" }))
        ));
        under_test.session_of(&adas).await;
    }
}
