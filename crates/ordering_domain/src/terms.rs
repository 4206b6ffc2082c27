//! On which terms a customer orders: what they may order, and at which price.
//!
//! Checked when a line is added, when its quantity is raised, and when an order is confirmed: until then prices can change and
//! products can be delisted. Lowering a line's quantity, or removing it, checks nothing.

use shared_kernel::{Currency, Money, MoneyError, ProductId};

use crate::{
    Customer, CustomerTier, LineKind, LinesRefused, OrderError, OrderLine, PriceListEntry, pricing,
    rules::{
        closed_customers_place_no_orders, given_prices_are_current,
        only_listed_products_are_ordered::{self, UnknownProduct},
    },
};

/// On which terms a customer orders.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// The order's currency.
    pub currency: Currency,
    /// The stored customer: nothing, before the event about their account.
    pub customer: Option<&'a Customer>,
    /// The price list's entries for the order's products, where it has them.
    pub price_list: &'a [PriceListEntry],
    /// Whether a line may have a name and a price of its own.
    pub custom_lines: CustomLines,
}

/// Whether lines with a name and a price of their own may be ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CustomLines {
    /// They may: staff order.
    Allowed,
    /// They may not.
    Refused,
}

impl<'a> Terms<'a> {
    /// The price list's entry for a product that can be ordered.
    pub(crate) fn listed(&self, product_id: ProductId) -> Result<&'a PriceListEntry, UnknownProduct> {
        only_listed_products_are_ordered::find(product_id, self.price_list)
    }

    /// What one unit costs the customer.
    pub(crate) fn unit_price(&self, entry: &PriceListEntry) -> Result<Money, MoneyError> {
        // A customer whose account's event has not arrived yet has the standard tier.
        let tier = self
            .customer
            .map_or(CustomerTier::Standard, |customer| customer.record().tier);
        pricing::unit_price(entry.list_price, tier)
    }

    /// Whether lines of a pending order could be ordered today at the prices that they have; custom ones always could. All that could not
    /// are reported together: first those whose products cannot be ordered, then those whose prices have changed, up or down.
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

    /// Whether a line whose product is not listed may keep its own name and price. Staff may order it so. A line of a product that was
    /// never on the price list is a custom line from before lines recorded their kind.
    fn may_become_custom(&self, line: &OrderLine) -> bool {
        let had = |entry: &PriceListEntry| entry.product_id == line.product_id;
        self.custom_lines == CustomLines::Allowed || !self.price_list.iter().any(had)
    }
}

#[cfg(test)]
mod tests;
