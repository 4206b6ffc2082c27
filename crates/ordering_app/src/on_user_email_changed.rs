//! A user's address changed, so the customer's changes too.

use message_bus::{CommandMeta, ReactsTo, UseCaseError};
use shared_kernel::events::UserEmailChanged;

use crate::Ordering;

impl ReactsTo<UserEmailChanged> for Ordering {
    async fn react(&self, event: UserEmailChanged, meta: CommandMeta) -> Result<(), UseCaseError> {
        self.change_customer(event.user_id.into(), &meta, |customer| {
            customer.change_email(event.email.clone());
        })
        .await
    }
}
