//! A user may log in again, so the customer is open again.

use message_bus::{CommandMeta, ReactsTo, UseCaseError};
use ordering_domain::Customer;
use shared_kernel::events::UserReactivated;

use crate::Ordering;

impl ReactsTo<UserReactivated> for Ordering {
    async fn react(&self, event: UserReactivated, meta: CommandMeta) -> Result<(), UseCaseError> {
        self.change_customer(event.user_id.into(), &meta, Customer::open)
            .await
    }
}
