//! An order is confirmed: its lines are settled, and so is its address.
//!
//! Its lines are checked again: whether the customer may order, whether the products are listed, and whether the prices are current. A
//! caller who accepts new prices removes the lines and adds them again, and so accepts each of them.

use message_bus::{Command, CommandMeta, Handles, UseCaseError, retry::retry_on_conflict};
use ordering_domain::{Address, AddressParts};
use shared_kernel::{OrderId, Refusal};

use crate::{
    OrderView, Ordering,
    ordering::{commit_order, refused},
    todays_terms::TodaysTerms,
};

/// Confirm an order.
#[derive(Clone, Debug)]
pub struct ConfirmOrder {
    /// The order.
    pub order_id: OrderId,
    /// Its address.
    pub shipping_address: AddressGiven,
}

/// An address as a caller gave it.
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
        retry_on_conflict(&meta, self.ids.as_ref(), || async {
            let (unit, mut order) = self.order_to_change(command.order_id, &meta).await?;
            let record = order.record();
            let products = record.lines.iter().map(|line| line.product_id);
            let today = TodaysTerms::read(&unit, record.customer_id, products).await?;
            let terms = today.terms(record.currency, &meta);
            order
                .confirm(address.clone(), &terms, meta.issued_at)
                .map_err(refused)?;
            commit_order(unit, order, &meta).await
        })
        .await
    }
}

impl AddressGiven {
    pub(crate) fn into_parts(self) -> AddressParts {
        AddressParts {
            street: self.street,
            city: self.city,
            state: self.state,
            postal_code: self.postal_code,
            country: self.country,
        }
    }
}
