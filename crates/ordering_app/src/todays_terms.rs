//! What placing, adding, raising and confirming read before they decide: the customer, and the price list.
//!
//! Both are other aggregates than the order, and copies from the events of accounts and the catalogue. They are read right before the
//! decision, outside the transaction that commits it: an event that is applied in between counts for the next order. No more is guaranteed,
//! since the events themselves arrive with a delay.

use std::collections::BTreeSet;

use message_bus::{CommandMeta, Unavailable};
use ordering_domain::{CustomLines, Customer, PriceListEntry, Terms};
use shared_kernel::{Currency, CustomerId, ProductId};

use crate::UnitOfWork;

/// A customer, if they are stored yet, and the price list's entries for some products.
pub(crate) struct TodaysTerms {
    pub(crate) customer: Option<Customer>,
    price_list: Vec<PriceListEntry>,
}

impl TodaysTerms {
    pub(crate) async fn read(
        unit: &UnitOfWork<'_>,
        customer_id: CustomerId,
        products: impl Iterator<Item = ProductId>,
    ) -> Result<Self, Unavailable> {
        let products: BTreeSet<ProductId> = products.collect();
        let products: Vec<ProductId> = products.into_iter().collect();
        let (customer, price_list) = unit.customer_and_prices(customer_id, &products).await?;
        Ok(Self { customer, price_list })
    }

    /// The terms for an order in this currency, for the sender of the command.
    pub(crate) fn terms(&self, currency: Currency, meta: &CommandMeta) -> Terms<'_> {
        Terms {
            currency,
            customer: self.customer.as_ref(),
            price_list: &self.price_list,
            custom_lines: if meta.actor.is_staff() {
                CustomLines::Allowed
            } else {
                CustomLines::Refused
            },
        }
    }
}
