//! A user may no longer log in, so the customer is closed. Orders they have placed do not change.

use message_bus::{CommandMeta, ReactsTo, UseCaseError};
use ordering_domain::Customer;
use shared_kernel::events::UserDeactivated;

use crate::Ordering;

impl ReactsTo<UserDeactivated> for Ordering {
    async fn react(&self, event: UserDeactivated, meta: CommandMeta) -> Result<(), UseCaseError> {
        self.change_customer(event.user_id.into(), &meta, Customer::close)
            .await
    }
}
