//! A user takes another password, which ends their other sessions.

use accounts_domain::NewPassword;
use message_bus::{Command, CommandMeta, Handles, UseCaseError, retry::retry_on_conflict};
use shared_kernel::{Refusal, SessionId};

use crate::{
    Accounts, Secret,
    accounts::{NO_SUCH_USER, user_to_change},
};

/// Change the password of the user who asks.
#[derive(Clone, Debug)]
pub struct ChangePassword {
    /// The password that they give as the current one.
    pub current_password: Secret,
    /// The new password.
    pub new_password: Secret,
    /// The session that they ask from, which stays open.
    pub keep_session: Option<SessionId>,
}

impl Command for ChangePassword {
    type Output = ();
}

impl Handles<ChangePassword> for Accounts {
    async fn handle(&self, command: ChangePassword, meta: CommandMeta) -> Result<(), UseCaseError> {
        let user_id = meta.actor.user_id().ok_or(NO_SUCH_USER)?;
        let new_password = NewPassword::choose(command.new_password.expose()).map_err(Refusal::from)?;
        let new_hash = self.ports.passwords.hash(&new_password).await?;
        retry_on_conflict(&meta, self.ports.ids.as_ref(), || async {
            let mut unit = self.begin(&meta);
            let mut user = user_to_change(&mut unit, user_id, &meta).await?;
            let current = self
                .ports
                .passwords
                .verify(&command.current_password, user.password_hash())
                .await?;
            user.change_password(current, new_hash.clone())
                .map_err(Refusal::from)?;
            unit.users().save(user);
            unit.sessions()
                .end_all_of(user_id, command.keep_session, meta.issued_at);
            unit.commit(meta.replay_record(&())?).await?;
            Ok(())
        })
        .await?;
        self.statuses.forget_user(user_id);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Authentication, RejectedToken, TokenGrant,
        accounts_under_test::{AccountsUnderTest, PASSWORD, refused_by},
    };

    const NEW: &str = "a quite different one";

    fn command(current: &str, new: &str, keep_session: Option<SessionId>) -> ChangePassword {
        ChangePassword {
            current_password: Secret::new(current.to_owned()),
            new_password: Secret::new(new.to_owned()),
            keep_session,
        }
    }

    #[tokio::test]
    async fn only_the_new_password_opens_a_session_from_then_on() {
        let under_test = AccountsUnderTest::new();
        let ada = under_test.ada().await;
        under_test
            .accounts
            .send(command(PASSWORD, NEW, None), under_test.by(ada.id))
            .await
            .unwrap();
        assert_eq!(
            under_test.try_log_in("ada@example.com", PASSWORD).await,
            TokenGrant::InvalidGrant
        );
        assert!(matches!(
            under_test.try_log_in("ada@example.com", NEW).await,
            TokenGrant::Granted(_)
        ));
    }

    #[tokio::test]
    async fn the_other_sessions_end_at_once_and_the_one_in_use_stays() {
        let under_test = AccountsUnderTest::new();
        let ada = under_test.ada().await;
        let here = under_test.log_in("ada@example.com").await;
        let there = under_test.log_in("ada@example.com").await;
        let keep = under_test.session_of(&here).await;
        under_test.session_of(&there).await;
        under_test
            .accounts
            .send(command(PASSWORD, NEW, Some(keep)), under_test.by(ada.id))
            .await
            .unwrap();
        let rejected = Authentication::Rejected(RejectedToken::SessionOver);
        assert_eq!(under_test.authenticate(&there).await, rejected);
        assert_eq!(
            under_test.refresh(&there.refresh_token).await,
            TokenGrant::InvalidGrant
        );
        assert_eq!(under_test.session_of(&here).await, keep);
        assert_eq!(under_test.accounts.sessions(ada.id).await.unwrap().len(), 1);
    }

    #[tokio::test]
    async fn a_wrong_current_password_changes_nothing() {
        let under_test = AccountsUnderTest::new();
        let ada = under_test.ada().await;
        let tokens = under_test.log_in("ada@example.com").await;
        let result = under_test
            .accounts
            .send(command("wrong", NEW, None), under_test.by(ada.id))
            .await;
        assert_eq!(refused_by(result), "current_password_mismatch");
        under_test.session_of(&tokens).await;
        under_test.log_in("ada@example.com").await;
    }

    #[tokio::test]
    async fn the_event_is_private_and_holds_neither_password_nor_hash() {
        let under_test = AccountsUnderTest::new();
        let ada = under_test.ada().await;
        under_test
            .accounts
            .send(command(PASSWORD, NEW, None), under_test.by(ada.id))
            .await
            .unwrap();
        let event = under_test.store.events().pop().unwrap();
        assert_eq!(event.event_type, "UserPasswordChanged");
        assert_eq!(event.data, serde_json::json!({ "user_id": ada.id }));
    }
}
