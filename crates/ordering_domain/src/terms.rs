//! On which terms a customer orders today: what they may order, and at which price.
//!
//! Asked when a line is wanted, when more of it is wanted, and when an order is confirmed: a pending order holds no price, and
//! keeps no product on the list. Asking for less of a line, or taking it off, asks nothing.

use shared_kernel::{Currency, Money, MoneyError, ProductId};

use crate::{
    Customer, CustomerTier, LineKind, LinesRefused, OrderError, OrderLine, PriceListEntry, pricing,
    rules::{
        closed_customers_place_no_orders, given_prices_are_current,
        only_listed_products_are_ordered::{self, UnknownProduct},
    },
};

/// On which terms a customer orders today.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// The order's currency.
    pub currency: Currency,
    /// What is known of the customer: nothing, before the news of their account.
    pub customer: Option<&'a Customer>,
    /// What the price list says of the order's products, where it says anything.
    pub price_list: &'a [PriceListEntry],
    /// Whether a line may go by its own name and price.
    pub custom_lines: CustomLines,
}

/// Whether lines may be ordered that go by a name and a price of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CustomLines {
    /// They may: staff order.
    Allowed,
    /// They may not.
    Refused,
}

impl<'a> Terms<'a> {
    /// What the price list says of a product that can be ordered.
    pub(crate) fn listed(&self, product_id: ProductId) -> Result<&'a PriceListEntry, UnknownProduct> {
        only_listed_products_are_ordered::find(product_id, self.price_list)
    }

    /// What one unit costs the customer.
    pub(crate) fn unit_price(&self, entry: &PriceListEntry) -> Result<Money, MoneyError> {
        // Whoever orders before the news of their account has arrived is new.
        let tier = self
            .customer
            .map_or(CustomerTier::Standard, |customer| customer.record().tier);
        pricing::unit_price(entry.list_price, tier)
    }

    /// Whether lines of a pending order could be ordered today at the prices that they have; custom ones always could. All that could not
    /// are told at once: first those whose products cannot be ordered, then those whose prices have changed, up or down.
    pub(crate) fn allow<'l>(&self, lines: impl IntoIterator<Item = &'l OrderLine>) -> Result<(), OrderError> {
        if let Some(customer) = self.customer {
            closed_customers_place_no_orders::check(customer)?;
        }
        let (mut unknown, mut changed) = (Vec::new(), Vec::new());
        for line in lines.into_iter().filter(|line| line.kind == LineKind::Listed) {
            match self.listed(line.product_id) {
                Ok(entry) => {
                    let current = self.unit_price(entry)?;
                    let compared = given_prices_are_current::check(line.product_id, line.unit_price, current);
                    changed.extend(compared.err().map(|error| (line.id, error)));
                }
                Err(_) if self.may_become_custom(line) => {}
                Err(error) => unknown.push((line.id, error)),
            }
        }
        LinesRefused::none_or(unknown)?;
        LinesRefused::none_or(changed)?;
        Ok(())
    }

    /// Whether a line whose product is not listed may go by its own name and price all the same. Staff may order it so. And what the price
    /// list never had is a custom line from before lines said what they are.
    fn may_become_custom(&self, line: &OrderLine) -> bool {
        let had = |entry: &PriceListEntry| entry.product_id == line.product_id;
        self.custom_lines == CustomLines::Allowed || !self.price_list.iter().any(had)
    }
}

#[cfg(test)]
mod tests;
