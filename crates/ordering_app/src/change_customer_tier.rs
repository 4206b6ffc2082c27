//! A customer's tier changes, and with it the prices that they pay.

use message_bus::{Command, CommandMeta, Handles, NotFound, UseCaseError, retry::retry_on_conflict};
use ordering_domain::CustomerTier;
use shared_kernel::{AggregateRoot, CustomerId, Refusal, RefusalKind};

use crate::{CustomerView, Ordering};

/// Change a customer's tier. Orders that they have confirmed keep their prices.
#[derive(Clone, Debug)]
pub struct ChangeCustomerTier {
    /// The customer.
    pub customer_id: CustomerId,
    /// `standard`, `silver` or `gold`.
    pub tier: String,
}

impl Command for ChangeCustomerTier {
    type Output = CustomerView;
}

impl Handles<ChangeCustomerTier> for Ordering {
    async fn handle(
        &self,
        command: ChangeCustomerTier,
        meta: CommandMeta,
    ) -> Result<CustomerView, UseCaseError> {
        let tier: CustomerTier = command
            .tier
            .parse()
            .map_err(|error| Refusal::new(RefusalKind::Value, "unknown_tier", &error))?;
        retry_on_conflict(&meta, self.ids.as_ref(), || async {
            let mut unit = self.begin(&meta);
            let customer = unit.customers().get(command.customer_id).await?;
            let mut customer = customer.ok_or(NotFound { what: "customer" })?;
            meta.check_expected_version(customer.version())?;
            customer.set_tier(tier);
            let view = CustomerView::of(&customer);
            if !customer.changes().is_empty() {
                unit.customers().save(customer);
                unit.commit(meta.replay_record(&view)?).await?;
            }
            Ok(view)
        })
        .await
    }
}
