//! An admin closes a user's account for now, which ends all their sessions.

use message_bus::{Command, CommandMeta, Handles, UseCaseError, retry::retry_on_conflict};
use shared_kernel::{Refusal, UserId};

use crate::{Accounts, UserView, accounts::user_to_change};

/// Deactivate a user.
#[derive(Clone, Copy, Debug)]
pub struct DeactivateUser {
    /// Whom.
    pub user_id: UserId,
}

impl Command for DeactivateUser {
    type Output = UserView;
}

impl Handles<DeactivateUser> for Accounts {
    async fn handle(&self, command: DeactivateUser, meta: CommandMeta) -> Result<UserView, UseCaseError> {
        let view = retry_on_conflict(&meta, self.ports.ids.as_ref(), || async {
            let mut unit = self.begin(&meta);
            let mut user = user_to_change(&mut unit, command.user_id, &meta).await?;
            if user.is_active_admin() {
                unit.users().must_leave_an_admin(command.user_id).await?;
            }
            user.deactivate().map_err(Refusal::from)?;
            let view = UserView::of(&user);
            unit.users().save(user);
            unit.sessions().end_all_of(command.user_id, None, meta.issued_at);
            unit.commit(meta.replay_record(&view)?).await?;
            Ok(view)
        })
        .await?;
        self.statuses.forget_user(command.user_id);
        Ok(view)
    }
}

#[cfg(test)]
mod tests {
    use shared_kernel::Role;

    use super::*;
    use crate::{
        Authentication, ChangeRole, ReactivateUser, RejectedToken, TokenGrant,
        accounts_under_test::{AccountsUnderTest, PASSWORD, refused_by},
    };

    #[tokio::test]
    async fn a_deactivated_user_is_out_at_once_and_stays_out() {
        let under_test = AccountsUnderTest::new();
        let user_id = under_test.ada().await.id;
        let tokens = under_test.log_in("ada@example.com").await;
        under_test.session_of(&tokens).await;
        let deactivate = DeactivateUser { user_id };
        let view = under_test
            .accounts
            .send(deactivate, under_test.by_the_operator())
            .await
            .unwrap();
        assert!(!view.active);
        let rejected = Authentication::Rejected(RejectedToken::SessionOver);
        assert_eq!(under_test.authenticate(&tokens).await, rejected);
        assert_eq!(
            under_test.refresh(&tokens.refresh_token).await,
            TokenGrant::InvalidGrant
        );
        assert_eq!(
            under_test.try_log_in("ada@example.com", PASSWORD).await,
            TokenGrant::InvalidGrant
        );

        let reactivate = ReactivateUser { user_id };
        under_test
            .accounts
            .send(reactivate, under_test.by_the_operator())
            .await
            .unwrap();
        assert_eq!(
            under_test.authenticate(&tokens).await,
            rejected,
            "old sessions stay ended"
        );
        assert_eq!(
            under_test.refresh(&tokens.refresh_token).await,
            TokenGrant::InvalidGrant
        );
        under_test.log_in("ada@example.com").await;
        assert_eq!(
            under_test.event_types(),
            ["UserAccountCreated", "UserDeactivated", "UserReactivated"]
        );
    }

    #[tokio::test]
    async fn the_last_active_admin_is_neither_deactivated_nor_given_another_role() {
        let under_test = AccountsUnderTest::new();
        let meta = || under_test.by_the_operator();
        let mut admins = Vec::new();
        for email in ["ada@example.com", "bob@example.com"] {
            let user_id = under_test.create(email).await.unwrap().id;
            let role = Role::Admin;
            under_test
                .accounts
                .send(ChangeRole { user_id, role }, meta())
                .await
                .unwrap();
            admins.push(user_id);
        }
        let deactivate = |user_id| under_test.accounts.send(DeactivateUser { user_id }, meta());
        deactivate(admins[0]).await.unwrap();
        assert_eq!(refused_by(deactivate(admins[1]).await), "last_admin");
        let demote = ChangeRole {
            user_id: admins[1],
            role: Role::Staff,
        };
        assert_eq!(
            refused_by(under_test.accounts.send(demote, meta()).await),
            "last_admin"
        );
        let still = under_test.accounts.user(admins[1]).await.unwrap();
        assert_eq!((still.role, still.active), (Role::Admin, true));
    }

    #[tokio::test]
    async fn what_would_change_nothing_is_refused() {
        let under_test = AccountsUnderTest::new();
        let user_id = under_test.ada().await.id;
        let meta = || under_test.by_the_operator();
        let reactivated = under_test.accounts.send(ReactivateUser { user_id }, meta()).await;
        assert_eq!(refused_by(reactivated), "user_already_active");
        under_test
            .accounts
            .send(DeactivateUser { user_id }, meta())
            .await
            .unwrap();
        let deactivated = under_test.accounts.send(DeactivateUser { user_id }, meta()).await;
        assert_eq!(refused_by(deactivated), "user_already_inactive");
    }

    #[tokio::test]
    async fn a_user_who_does_not_exist_is_not_found() {
        let under_test = AccountsUnderTest::new();
        let user_id = "0197b2c4-6d00-7000-8000-00000000ffff".parse().unwrap();
        let result = under_test
            .accounts
            .send(DeactivateUser { user_id }, under_test.by_the_operator())
            .await;
        assert!(matches!(result, Err(UseCaseError::NotFound(_))), "{result:?}");
    }
}
