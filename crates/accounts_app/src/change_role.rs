//! An admin gives a user another role. Giving the one they have changes nothing.

use message_bus::{Command, CommandMeta, Handles, UseCaseError, retry::retry_on_conflict};
use shared_kernel::{Role, UserId};

use crate::{
    Accounts, UserView,
    accounts::{commit_changes, user_to_change},
};

/// Change a user's role.
#[derive(Clone, Copy, Debug)]
pub struct ChangeRole {
    /// Whose.
    pub user_id: UserId,
    /// To which.
    pub role: Role,
}

impl Command for ChangeRole {
    type Output = UserView;
}

impl Handles<ChangeRole> for Accounts {
    async fn handle(&self, command: ChangeRole, meta: CommandMeta) -> Result<UserView, UseCaseError> {
        let view = retry_on_conflict(&meta, self.ports.ids.as_ref(), || async {
            let mut unit = self.begin(&meta);
            let mut user = user_to_change(&mut unit, command.user_id, &meta).await?;
            let was_admin = user.is_active_admin();
            user.change_role(command.role);
            if was_admin && !user.is_active_admin() {
                unit.users().must_leave_an_admin(command.user_id).await?;
            }
            let view = UserView::of(&user);
            commit_changes(unit, user, meta.replay_record(&view)?).await?;
            Ok(view)
        })
        .await?;
        self.statuses.forget_user(command.user_id);
        Ok(view)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Authentication, accounts_under_test::AccountsUnderTest};

    #[tokio::test]
    async fn another_role_binds_at_once_for_tokens_that_are_out_already() {
        let under_test = AccountsUnderTest::new();
        let ada = under_test.ada().await;
        let tokens = under_test.log_in("ada@example.com").await;
        under_test.session_of(&tokens).await;
        let command = ChangeRole {
            user_id: ada.id,
            role: Role::Staff,
        };
        under_test
            .accounts
            .send(command, under_test.by_the_operator())
            .await
            .unwrap();
        let found = under_test.authenticate(&tokens).await;
        assert!(
            matches!(
                found,
                Authentication::Authenticated {
                    role: Role::Staff,
                    ..
                }
            ),
            "{found:?}"
        );
        let event = under_test.store.events().pop().unwrap();
        assert_eq!(event.event_type, "UserRoleChanged");
        assert_eq!(
            event.data,
            serde_json::json!({ "user_id": ada.id, "role": "staff" })
        );
    }

    #[tokio::test]
    async fn the_role_that_is_there_already_changes_nothing() {
        let under_test = AccountsUnderTest::new();
        let ada = under_test.ada().await;
        let command = ChangeRole {
            user_id: ada.id,
            role: ada.role,
        };
        let view = under_test
            .accounts
            .send(command, under_test.by_the_operator())
            .await
            .unwrap();
        assert_eq!(view, ada);
        assert_eq!(under_test.event_types(), ["UserAccountCreated"]);
    }
}
