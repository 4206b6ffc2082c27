//! What placing, adding, raising and confirming read before they decide: the customer, and what the price list says.
//!
//! Both are other aggregates than the order, and copies of what accounts and the catalogue told. They are read right before the decision,
//! outside the transaction that commits it: news that arrives in between counts for the next order. Nothing more is promised, since the news
//! itself is as old as its way here.

use std::collections::BTreeSet;

use message_bus::{CommandMeta, Unavailable};
use ordering_domain::{CustomLines, Customer, PriceListEntry, Terms};
use shared_kernel::{Currency, CustomerId, ProductId};

use crate::UnitOfWork;

/// A customer, if they are known yet, and what the price list says of some products.
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

    /// The terms for an order in this currency, asked by whoever sent the command.
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
