//! An operator or an admin creates an account for a person, with a role.

use accounts_domain::{NewPassword, User};
use message_bus::{Command, CommandMeta, Handles, UseCaseError, retry::retry_on_conflict};
use shared_kernel::{EmailAddress, Refusal, Role, UserId};

use crate::{Accounts, Secret, UserView, accounts::unless_registered};

/// Create an account.
#[derive(Clone, Debug)]
pub struct CreateUser {
    /// The address, which no other user may have.
    pub email: EmailAddress,
    /// The password.
    pub password: Secret,
    /// What the user may do.
    pub role: Role,
}

impl Command for CreateUser {
    type Output = UserView;
}

impl Handles<CreateUser> for Accounts {
    async fn handle(&self, command: CreateUser, meta: CommandMeta) -> Result<UserView, UseCaseError> {
        self.create_account(command.email, &command.password, command.role, meta)
            .await
    }
}

impl Accounts {
    /// What registering and creating have in common. Whether the address is free is decided by the commit.
    pub(crate) async fn create_account(
        &self,
        email: EmailAddress,
        password: &Secret,
        role: Role,
        meta: CommandMeta,
    ) -> Result<UserView, UseCaseError> {
        let password = NewPassword::choose(password.expose()).map_err(Refusal::from)?;
        let hash = self.ports.passwords.hash(&password).await?;
        let id = UserId::new(self.ports.ids.next_id());
        retry_on_conflict(&meta, self.ports.ids.as_ref(), || async {
            let mut unit = self.begin(&meta);
            let user = User::register(id, email.clone(), hash.clone(), role, meta.issued_at);
            let view = UserView::of(&user);
            unit.users().save(user);
            let committed = unit.commit(meta.replay_record(&view)?).await;
            committed.map_err(|error| unless_registered(error, &email))?;
            Ok(view)
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts_under_test::{AccountsUnderTest, PASSWORD, refused_by};

    fn an_admin(email: &str, password: &str) -> CreateUser {
        CreateUser {
            email: email.parse().unwrap(),
            password: Secret::new(password.to_owned()),
            role: Role::Admin,
        }
    }

    #[tokio::test]
    async fn the_account_has_the_role_that_was_asked_for() {
        let under_test = AccountsUnderTest::new();
        let command = an_admin("root@example.com", PASSWORD);
        let view = under_test
            .accounts
            .send(command, under_test.by_the_operator())
            .await
            .unwrap();
        assert_eq!((view.role, view.active), (Role::Admin, true));
        assert_eq!(under_test.accounts.user(view.id).await.unwrap(), view);
    }

    #[tokio::test]
    async fn a_repeated_command_gets_the_first_answer_and_creates_nothing() {
        let under_test = AccountsUnderTest::new();
        let create = |email: &str| {
            let meta = under_test.by_the_operator_with_key("key");
            under_test.accounts.send(an_admin(email, PASSWORD), meta)
        };
        let first = create("root@example.com").await.unwrap();
        assert_eq!(create("root@example.com").await.unwrap(), first);
        assert_eq!(under_test.event_types(), ["UserAccountCreated"]);
    }

    #[tokio::test]
    async fn a_password_that_the_rules_refuse_creates_nothing() {
        let under_test = AccountsUnderTest::new();
        for (password, code) in [("short", "password_length"), ("Password123", "common_password")] {
            let command = an_admin("root@example.com", password);
            let result = under_test
                .accounts
                .send(command, under_test.by_the_operator())
                .await;
            assert_eq!(refused_by(result), code);
        }
        assert!(under_test.store.events().is_empty());
    }
}
