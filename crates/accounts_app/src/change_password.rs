//! A user takes another password, which ends their other sessions.
//!
//! What they give as their current password is a guess like one at logging in, and is limited with these. It is compared
//! first: only its owner has a new one hashed.

use std::{net::IpAddr, sync::OnceLock};

use accounts_domain::{
    NewPassword, PasswordHash, rules::current_password_must_match::CurrentPasswordMismatch,
};
use message_bus::{Command, CommandMeta, Handles, UseCaseError, retry::retry_on_conflict};
use shared_kernel::{Refusal, SessionId, UserId};

use crate::{
    Accounts, DeviceId, Secret, Whose,
    accounts::{NO_SUCH_USER, user_to_change},
    throttling::Proof,
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
    /// Where the request came from; `None` when it came over no network.
    pub caller_address: Option<IpAddr>,
    /// The device that it came from, if somebody has logged in to this account from it before.
    pub device: Option<DeviceId>,
}

impl Command for ChangePassword {
    type Output = ();
}

impl Handles<ChangePassword> for Accounts {
    async fn handle(&self, command: ChangePassword, meta: CommandMeta) -> Result<(), UseCaseError> {
        let user_id = meta.actor.user_id().ok_or(NO_SUCH_USER)?;
        let email = self.ports.store.user(user_id).await?.ok_or(NO_SUCH_USER)?.email;
        let new_password = NewPassword::choose(command.new_password.expose(), &email, &self.ports.shop_name)
            .map_err(Refusal::from)?;
        let now = self.ports.clock.running_for();
        let attempt = self
            .proofs
            .admit(command.caller_address, command.device, email.as_str(), now)?;
        let whose = Whose::of(&email);
        let changed = self
            .change_password(user_id, &whose, &command, &new_password, &meta)
            .await;
        let mismatch = Refusal::from(CurrentPasswordMismatch).code;
        let proof = match &changed {
            Ok(()) => Proof::Right,
            Err(UseCaseError::Refused(refusal)) if refusal.code == mismatch => Proof::Wrong,
            Err(_) => Proof::Nothing,
        };
        self.proofs.record_result(attempt, proof);
        changed?;
        self.statuses.forget_user(user_id);
        Ok(())
    }
}

impl Accounts {
    async fn change_password(
        &self,
        user_id: UserId,
        whose: &Whose,
        command: &ChangePassword,
        new_password: &NewPassword,
        meta: &CommandMeta,
    ) -> Result<(), UseCaseError> {
        let passwords = &self.ports.passwords;
        let new_hash: OnceLock<PasswordHash> = OnceLock::new();
        retry_on_conflict(meta, self.ports.ids.as_ref(), || async {
            let mut unit = self.begin(meta);
            let mut user = user_to_change(&mut unit, user_id, meta).await?;
            let current = passwords
                .verify(whose, &command.current_password, user.password_hash())
                .await?;
            user.check_password_change(current).map_err(Refusal::from)?;
            let hash = match new_hash.get() {
                Some(hash) => hash.clone(),
                None => {
                    let hash = passwords.hash(whose, new_password).await?;
                    new_hash.get_or_init(|| hash).clone()
                }
            };
            user.change_password(current, hash).map_err(Refusal::from)?;
            unit.users().save(user);
            unit.sessions()
                .end_all_of(user_id, command.keep_session, meta.issued_at);
            unit.commit(meta.replay_record(&())?).await?;
            Ok(())
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use message_bus::Unavailable;

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
            caller_address: Some([192, 0, 2, 1].into()),
            device: None,
        }
    }

    #[tokio::test]
    async fn guesses_at_the_current_password_count_with_those_at_logging_in_and_hash_nothing() {
        let under_test = AccountsUnderTest::new();
        let ada = under_test.ada().await;
        let hashes = under_test.passwords.hashes();
        let guess = || {
            under_test
                .accounts
                .send(command("wrong", NEW, None), under_test.by(ada.id))
        };
        for _ in 0..20 {
            assert_eq!(refused_by(guess().await), "current_password_mismatch");
        }
        let throttled = |error| matches!(error, UseCaseError::Unavailable(Unavailable::Throttled { .. }));
        assert!(throttled(guess().await.unwrap_err()), "a 21st guess");
        let network = Some([192, 0, 2, 1].into());
        let log_in = under_test.log_in_from(network, "ada@example.com", PASSWORD).await;
        assert!(throttled(log_in.unwrap_err()), "logging in from there");
        assert_eq!(under_test.passwords.hashes(), hashes);
        under_test.log_in("ada@example.com").await;
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
