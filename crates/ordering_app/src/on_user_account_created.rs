//! A user registered, so there is a new customer.

use message_bus::{CommandMeta, ReactsTo, UseCaseError, retry::retry_on_conflict};
use ordering_domain::Customer;
use shared_kernel::{CustomerId, events::UserAccountCreated};

use crate::Ordering;

impl ReactsTo<UserAccountCreated> for Ordering {
    async fn react(&self, event: UserAccountCreated, meta: CommandMeta) -> Result<(), UseCaseError> {
        let customer_id = CustomerId::from(event.user_id);
        retry_on_conflict(&meta, self.ids.as_ref(), || async {
            let mut unit = self.begin(&meta);
            if unit.customers().get(customer_id).await?.is_none() {
                let customer = Customer::register(customer_id, event.email.clone());
                unit.customers().save(customer);
            }
            unit.commit(None).await?;
            Ok(())
        })
        .await
    }
}
