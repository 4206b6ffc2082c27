//! Reacts to `UserEmailChanged`: replaces the address.

use message_bus::{CommandMeta, ReactsTo, UseCaseError};
use shared_kernel::events::UserEmailChanged;

use crate::{Notifications, NotificationsRows};

impl ReactsTo<UserEmailChanged> for Notifications {
    async fn react(&self, event: UserEmailChanged, meta: CommandMeta) -> Result<(), UseCaseError> {
        let rows = NotificationsRows::with_address(event.user_id, event.email);
        self.commit(rows, &meta).await
    }
}
