//! An order is confirmed: its lines are settled, and where it goes.

use message_bus::{Command, CommandMeta, Handles, UseCaseError};
use ordering_domain::{Address, AddressParts};
use shared_kernel::{OrderId, Refusal};

use crate::{OrderView, Ordering};

/// Confirm an order.
#[derive(Clone, Debug)]
pub struct ConfirmOrder {
    /// The order.
    pub order_id: OrderId,
    /// Where it goes.
    pub shipping_address: AddressGiven,
}

/// An address as somebody wrote it.
#[derive(Clone, Debug)]
pub struct AddressGiven {
    /// Street and number.
    pub street: String,
    /// City.
    pub city: String,
    /// State or region; may be empty.
    pub state: String,
    /// Postal code.
    pub postal_code: String,
    /// ISO 3166-1 alpha-2 code.
    pub country: String,
}

impl Command for ConfirmOrder {
    type Output = OrderView;
}

impl Handles<ConfirmOrder> for Ordering {
    async fn handle(&self, command: ConfirmOrder, meta: CommandMeta) -> Result<OrderView, UseCaseError> {
        let address = Address::new(command.shipping_address.into_parts()).map_err(Refusal::from)?;
        self.change_order(command.order_id, &meta, |order| {
            order.confirm(address.clone(), meta.issued_at)
        })
        .await
    }
}

impl AddressGiven {
    fn into_parts(self) -> AddressParts {
        AddressParts {
            street: self.street,
            city: self.city,
            state: self.state,
            postal_code: self.postal_code,
            country: self.country,
        }
    }
}
