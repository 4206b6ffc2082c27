//! A user takes another e-mail address. Taking the one they have, in the same spelling, changes nothing.

use message_bus::{Command, CommandMeta, Handles, UseCaseError, retry::retry_on_conflict};
use shared_kernel::{EmailAddress, Refusal};

use crate::{
    Accounts, UserView,
    accounts::{NO_SUCH_USER, commit_changes, unless_registered, user_to_change},
};

/// Change the e-mail address of the user who asks.
#[derive(Clone, Debug)]
pub struct ChangeEmail {
    /// The new address, which no other user may have.
    pub email: EmailAddress,
}

impl Command for ChangeEmail {
    type Output = UserView;
}

impl Handles<ChangeEmail> for Accounts {
    async fn handle(&self, command: ChangeEmail, meta: CommandMeta) -> Result<UserView, UseCaseError> {
        let user_id = meta.actor.user_id().ok_or(NO_SUCH_USER)?;
        retry_on_conflict(&meta, self.ports.ids.as_ref(), || async {
            let mut unit = self.begin(&meta);
            let mut user = user_to_change(&mut unit, user_id, &meta).await?;
            user.change_email(command.email.clone()).map_err(Refusal::from)?;
            let view = UserView::of(&user);
            let committed = commit_changes(unit, user, meta.replay_record(&view)?).await;
            committed.map_err(|error| unless_registered(error, &command.email))?;
            Ok(view)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use message_bus::Conflict;
    use shared_kernel::Version;

    use super::*;
    use crate::accounts_under_test::{AccountsUnderTest, refused_by};

    fn to(email: &str) -> ChangeEmail {
        ChangeEmail {
            email: email.parse().unwrap(),
        }
    }

    #[tokio::test]
    async fn the_user_has_the_new_address_from_then_on() {
        let under_test = AccountsUnderTest::new();
        let ada = under_test.ada().await;
        let view = under_test
            .accounts
            .send(to("ada@lovelace.org"), under_test.by(ada.id))
            .await
            .unwrap();
        assert_eq!(view.version, Version::new(2));
        let found = under_test
            .accounts
            .users_with_email(&"ADA@lovelace.org".parse().unwrap())
            .await;
        assert_eq!(found.unwrap(), [view]);
        let gone = under_test
            .accounts
            .users_with_email(&"ada@example.com".parse().unwrap())
            .await;
        assert_eq!(gone.unwrap(), []);
        assert_eq!(
            under_test.event_types(),
            ["UserAccountCreated", "UserEmailChanged"]
        );
    }

    #[tokio::test]
    async fn the_address_that_is_there_already_changes_nothing_and_another_spelling_does() {
        let under_test = AccountsUnderTest::new();
        let ada = under_test.ada().await;
        let change = |email| under_test.accounts.send(to(email), under_test.by(ada.id));
        assert_eq!(change("ada@example.com").await.unwrap(), ada);
        assert_eq!(under_test.event_types(), ["UserAccountCreated"]);
        let respelled = change("Ada@example.com").await.unwrap();
        assert_eq!(
            (respelled.email.as_str(), respelled.version),
            ("Ada@example.com", Version::new(2))
        );
        assert_eq!(
            under_test.event_types(),
            ["UserAccountCreated", "UserEmailChanged"]
        );
    }

    #[tokio::test]
    async fn an_answer_that_changed_nothing_is_still_the_answer_when_it_is_repeated() {
        let under_test = AccountsUnderTest::new();
        let ada = under_test.ada().await;
        let with_key = || CommandMeta {
            actor: under_test.by(ada.id).actor,
            ..under_test.by_the_operator_with_key("key")
        };
        let change = |meta, email| under_test.accounts.send(to(email), meta);
        assert_eq!(change(with_key(), "ada@example.com").await.unwrap(), ada);
        let moved = change(under_test.by(ada.id), "ada@lovelace.org").await.unwrap();
        assert_eq!(change(with_key(), "ada@example.com").await.unwrap(), ada);
        assert_eq!(under_test.accounts.user(ada.id).await.unwrap(), moved);
    }

    #[tokio::test]
    async fn somebody_elses_address_is_refused() {
        let under_test = AccountsUnderTest::new();
        let ada = under_test.ada().await;
        under_test.create("bob@example.com").await.unwrap();
        let result = under_test
            .accounts
            .send(to("BOB@example.com"), under_test.by(ada.id))
            .await;
        assert_eq!(refused_by(result), "email_already_registered");
        assert_eq!(under_test.accounts.user(ada.id).await.unwrap(), ada);
    }

    #[tokio::test]
    async fn a_version_that_is_no_longer_there_is_a_conflict() {
        let under_test = AccountsUnderTest::new();
        let ada = under_test.ada().await;
        let meta = CommandMeta {
            expected_version: Some(Version::new(7)),
            ..under_test.by(ada.id)
        };
        let result = under_test.accounts.send(to("ada@lovelace.org"), meta).await;
        let expected = Conflict::StaleVersion {
            expected: Version::new(7),
            current: Version::FIRST,
        };
        assert!(matches!(result, Err(UseCaseError::Conflict(found)) if found == expected));
    }

    #[tokio::test]
    async fn whoever_is_nobody_has_no_address_to_change() {
        let under_test = AccountsUnderTest::new();
        let result = under_test
            .accounts
            .send(to("a@example.com"), under_test.by_the_operator())
            .await;
        assert!(matches!(result, Err(UseCaseError::NotFound(found)) if found == NO_SUCH_USER));
    }
}
