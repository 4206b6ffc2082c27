//! A line as it is asked for, and how it becomes a line of an order: by the price list, at the customer's price.

use shared_kernel::{LineStock, Money, OrderLineId, ProductId, Quantity};

use crate::{
    CustomLines, LineKind, OrderError, OrderLine, Terms,
    rules::{
        closed_customers_place_no_orders, given_prices_are_current, listed_products_ask_for_stock,
        one_currency,
    },
};

/// A line as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedLine {
    /// The new line's id.
    pub id: OrderLineId,
    /// The product.
    pub product_id: ProductId,
    /// Units.
    pub quantity: Quantity,
    /// Its name, as they gave it.
    pub product_name: Option<String>,
    /// The price of one unit, as they gave it.
    pub unit_price: Option<Money>,
    /// Whether stock is asked for it.
    pub stock: LineStock,
}

impl WantedLine {
    /// The line at the customer's price. A product on the price list always has the name and price from there.
    ///
    /// # Errors
    /// The rule that refuses it.
    pub fn on(self, terms: &Terms<'_>) -> Result<OrderLine, OrderError> {
        if let Some(customer) = terms.customer {
            closed_customers_place_no_orders::check(customer)?;
        }
        let (kind, product_name, unit_price) = match terms.listed(self.product_id) {
            Ok(entry) => {
                listed_products_ask_for_stock::check(self.product_id, self.stock)?;
                let current = terms.unit_price(entry)?;
                one_currency::check(terms.currency, current.currency())?;
                if let Some(given) = self.unit_price {
                    one_currency::check(terms.currency, given.currency())?;
                    given_prices_are_current::check(self.product_id, given, current)?;
                }
                (LineKind::Listed, entry.name.clone(), current)
            }
            Err(unknown) => match (terms.custom_lines, self.product_name, self.unit_price) {
                (CustomLines::Allowed, Some(name), Some(price)) => (LineKind::Custom, name, price),
                _ => return Err(unknown.into()),
            },
        };
        Ok(OrderLine {
            id: self.id,
            product_id: self.product_id,
            product_name,
            quantity: self.quantity,
            unit_price,
            kind,
            stock: self.stock,
        })
    }
}

#[cfg(test)]
mod tests {
    use shared_kernel::Currency;

    use super::*;
    use crate::{Customer, CustomerTier, PriceListEntry, ProductStatus};

    const TEAPOT: &str = "0197b2c4-6d00-7000-8000-000000000020";
    const KETTLE: &str = "0197b2c4-6d00-7000-8000-000000000021";

    fn usd(amount: &str) -> Money {
        Money::parse(amount, Currency::Usd).unwrap()
    }

    fn teapot(status: ProductStatus) -> PriceListEntry {
        PriceListEntry {
            product_id: TEAPOT.parse().unwrap(),
            name: "Teapot".to_owned(),
            list_price: usd("20.00"),
            status,
        }
    }

    fn wanted(product_id: &str, name: Option<&str>, price: Option<&str>) -> WantedLine {
        WantedLine {
            id: "0197b2c4-6d00-7000-8000-000000000001".parse().unwrap(),
            product_id: product_id.parse().unwrap(),
            quantity: Quantity::new(1).unwrap(),
            product_name: name.map(str::to_owned),
            unit_price: price.map(usd),
            stock: LineStock::Asked,
        }
    }

    fn silver() -> Customer {
        let id = "0197b2c4-6d00-7000-8000-00000000000a".parse().unwrap();
        let mut customer = Customer::register(id, "ada@example.com".parse().unwrap());
        customer.set_tier(CustomerTier::Silver);
        customer
    }

    fn terms<'a>(
        customer: &'a Customer,
        price_list: &'a [PriceListEntry],
        custom_lines: CustomLines,
    ) -> Terms<'a> {
        Terms {
            currency: Currency::Usd,
            customer: Some(customer),
            price_list,
            custom_lines,
        }
    }

    #[test]
    fn what_is_listed_has_the_lists_name_and_the_customers_price() {
        let list = [teapot(ProductStatus::Listed)];
        for custom_lines in [CustomLines::Refused, CustomLines::Allowed] {
            for (name, price) in [(None, None), (Some("My pot"), Some("19.00"))] {
                let line = wanted(TEAPOT, name, price)
                    .on(&terms(&silver(), &list, custom_lines))
                    .unwrap();
                assert_eq!(
                    (line.kind, line.product_name.as_str(), line.unit_price),
                    (LineKind::Listed, "Teapot", usd("19.00"))
                );
            }
        }
    }

    #[test]
    fn a_given_price_that_is_not_the_customers_is_refused_whoever_gives_it() {
        let list = [teapot(ProductStatus::Listed)];
        for custom_lines in [CustomLines::Refused, CustomLines::Allowed] {
            let result =
                wanted(TEAPOT, Some("Teapot"), Some("20.00")).on(&terms(&silver(), &list, custom_lines));
            assert!(matches!(result, Err(OrderError::PriceChanged(_))), "{result:?}");
        }
    }

    #[test]
    fn another_currency_is_told_before_another_price() {
        let (list, ada) = ([teapot(ProductStatus::Listed)], silver());
        let in_euros = Terms {
            currency: Currency::Eur,
            ..terms(&ada, &list, CustomLines::Refused)
        };
        let mut line = wanted(TEAPOT, None, None);
        line.unit_price = Some(Money::parse("19.00", Currency::Eur).unwrap());
        for (terms, line) in [
            (in_euros, wanted(TEAPOT, None, None)),
            (in_euros, line.clone()),
            (terms(&ada, &list, CustomLines::Refused), line),
        ] {
            let result = line.on(&terms);
            assert!(matches!(result, Err(OrderError::OneCurrency(_))), "{result:?}");
        }
    }

    #[test]
    fn a_closed_customer_gets_no_line_whoever_asks() {
        let mut ada = silver();
        ada.close();
        let list = [teapot(ProductStatus::Listed)];
        for custom_lines in [CustomLines::Refused, CustomLines::Allowed] {
            let result = wanted(TEAPOT, None, None).on(&terms(&ada, &list, custom_lines));
            assert!(matches!(result, Err(OrderError::CustomerClosed(_))), "{result:?}");
        }
    }

    #[test]
    fn only_staff_order_what_is_not_listed_and_only_with_name_and_price() {
        let list = [teapot(ProductStatus::Delisted)];
        for product in [TEAPOT, KETTLE] {
            let with_both = wanted(product, Some("Sample"), Some("1.00"));
            let line = with_both
                .clone()
                .on(&terms(&silver(), &list, CustomLines::Allowed))
                .unwrap();
            assert_eq!(
                (line.kind, line.product_name.as_str(), line.unit_price),
                (LineKind::Custom, "Sample", usd("1.00"))
            );
            for (line, custom_lines) in [
                (with_both, CustomLines::Refused),
                (wanted(product, Some("Sample"), None), CustomLines::Allowed),
                (wanted(product, None, Some("1.00")), CustomLines::Allowed),
                (wanted(product, None, None), CustomLines::Allowed),
            ] {
                let result = line.on(&terms(&silver(), &list, custom_lines));
                assert!(matches!(result, Err(OrderError::UnknownProduct(_))), "{result:?}");
            }
        }
    }

    #[test]
    fn a_line_of_staffs_own_asks_for_stock_unless_it_says_not_to() {
        let ada = silver();
        for stock in LineStock::ALL {
            let fee = WantedLine {
                stock,
                ..wanted(KETTLE, Some("Shipping"), Some("4.90"))
            };
            let line = fee.on(&terms(&ada, &[], CustomLines::Allowed)).unwrap();
            assert_eq!(line.stock, stock);
        }
    }

    #[test]
    fn what_is_listed_asks_for_stock_whoever_orders() {
        let (list, ada) = ([teapot(ProductStatus::Listed)], silver());
        for custom_lines in [CustomLines::Refused, CustomLines::Allowed] {
            let line = WantedLine {
                stock: LineStock::NotAsked,
                ..wanted(TEAPOT, Some("Shipping"), Some("19.00"))
            };
            let result = line.on(&terms(&ada, &list, custom_lines));
            assert!(
                matches!(result, Err(OrderError::ListedAsksForStock(_))),
                "{result:?}"
            );
        }
    }
}
