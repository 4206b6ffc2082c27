//! The shipping address of a confirmed order changes.

use message_bus::{Command, CommandMeta, Handles, UseCaseError};
use ordering_domain::Address;
use shared_kernel::{OrderId, Refusal};

use crate::{AddressGiven, OrderView, Ordering};

/// Change the shipping address of an order.
#[derive(Clone, Debug)]
pub struct ChangeShippingAddress {
    /// The order.
    pub order_id: OrderId,
    /// The new address.
    pub shipping_address: AddressGiven,
}

impl Command for ChangeShippingAddress {
    type Output = OrderView;
}

impl Handles<ChangeShippingAddress> for Ordering {
    async fn handle(
        &self,
        command: ChangeShippingAddress,
        meta: CommandMeta,
    ) -> Result<OrderView, UseCaseError> {
        let address = Address::new(command.shipping_address.into_parts()).map_err(Refusal::from)?;
        self.change_order(command.order_id, &meta, |order| {
            order.change_shipping_address(address.clone(), meta.issued_at)
        })
        .await
    }
}
