//! Reacts to `UserAccountCreated`: stores the address.

use message_bus::{CommandMeta, ReactsTo, UseCaseError};
use shared_kernel::events::UserAccountCreated;

use crate::{Notifications, NotificationsRows};

impl ReactsTo<UserAccountCreated> for Notifications {
    async fn react(&self, event: UserAccountCreated, meta: CommandMeta) -> Result<(), UseCaseError> {
        let rows = NotificationsRows::with_address(event.user_id, event.email);
        self.commit(rows, &meta).await
    }
}
