//! An admin opens a closed account again. The sessions it had stay ended.

use message_bus::{Command, CommandMeta, Handles, UseCaseError, retry::retry_on_conflict};
use shared_kernel::{Refusal, UserId};

use crate::{Accounts, UserView, accounts::user_to_change};

/// Reactivate a user.
#[derive(Clone, Copy, Debug)]
pub struct ReactivateUser {
    /// Whom.
    pub user_id: UserId,
}

impl Command for ReactivateUser {
    type Output = UserView;
}

impl Handles<ReactivateUser> for Accounts {
    async fn handle(&self, command: ReactivateUser, meta: CommandMeta) -> Result<UserView, UseCaseError> {
        retry_on_conflict(&meta, self.ports.ids.as_ref(), || async {
            let mut unit = self.begin(&meta);
            let mut user = user_to_change(&mut unit, command.user_id, &meta).await?;
            user.reactivate().map_err(Refusal::from)?;
            let view = UserView::of(&user);
            unit.users().save(user);
            unit.commit(meta.replay_record(&view)?).await?;
            Ok(view)
        })
        .await
    }
}
