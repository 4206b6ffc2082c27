//! A line as somebody asks for it, and how it becomes a line of an order: by the price list, at the customer's price.

use shared_kernel::{Currency, Money, OrderLineId, ProductId, Quantity};

use crate::{
    CustomerTier, OrderError, OrderLine, PriceListEntry, pricing,
    rules::{given_prices_are_current, one_currency, only_listed_products_are_ordered},
};

/// A line that somebody asks for.
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
}

/// On which terms an order gets its lines.
#[derive(Clone, Copy, Debug)]
pub struct Terms<'a> {
    /// The order's currency.
    pub currency: Currency,
    /// The customer's tier.
    pub tier: CustomerTier,
    /// What the price list says of the products that are asked for, where it says anything.
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

impl WantedLine {
    /// The line at the customer's price. What the price list has goes by its name and price there, whoever orders.
    ///
    /// # Errors
    /// The rule that refuses it.
    pub fn on(self, terms: &Terms<'_>) -> Result<OrderLine, OrderError> {
        let (product_name, unit_price) = match only_listed_products_are_ordered::find(self.product_id, terms)
        {
            Ok(entry) => {
                let current = pricing::unit_price(entry.list_price, terms.tier)?;
                one_currency::check(terms.currency, current.currency())?;
                if let Some(given) = self.unit_price {
                    one_currency::check(terms.currency, given.currency())?;
                    given_prices_are_current::check(self.product_id, given, current)?;
                }
                (entry.name.clone(), current)
            }
            Err(unknown) => match (terms.custom_lines, self.product_name, self.unit_price) {
                (CustomLines::Allowed, Some(name), Some(price)) => (name, price),
                _ => return Err(unknown.into()),
            },
        };
        Ok(OrderLine {
            id: self.id,
            product_id: self.product_id,
            product_name,
            quantity: self.quantity,
            unit_price,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ProductStanding;

    const TEAPOT: &str = "0197b2c4-6d00-7000-8000-000000000020";
    const KETTLE: &str = "0197b2c4-6d00-7000-8000-000000000021";

    fn usd(amount: &str) -> Money {
        Money::parse(amount, Currency::Usd).unwrap()
    }

    fn teapot(standing: ProductStanding) -> PriceListEntry {
        PriceListEntry {
            product_id: TEAPOT.parse().unwrap(),
            name: "Teapot".to_owned(),
            list_price: usd("20.00"),
            standing,
        }
    }

    fn wanted(product_id: &str, name: Option<&str>, price: Option<&str>) -> WantedLine {
        WantedLine {
            id: "0197b2c4-6d00-7000-8000-000000000001".parse().unwrap(),
            product_id: product_id.parse().unwrap(),
            quantity: Quantity::new(1).unwrap(),
            product_name: name.map(str::to_owned),
            unit_price: price.map(usd),
        }
    }

    fn terms(price_list: &[PriceListEntry], custom_lines: CustomLines) -> Terms<'_> {
        Terms {
            currency: Currency::Usd,
            tier: CustomerTier::Silver,
            price_list,
            custom_lines,
        }
    }

    #[test]
    fn what_is_listed_has_the_lists_name_and_the_customers_price() {
        let list = [teapot(ProductStanding::Listed)];
        for custom_lines in [CustomLines::Refused, CustomLines::Allowed] {
            for (name, price) in [(None, None), (Some("My pot"), Some("19.00"))] {
                let line = wanted(TEAPOT, name, price)
                    .on(&terms(&list, custom_lines))
                    .unwrap();
                assert_eq!(
                    (line.product_name.as_str(), line.unit_price),
                    ("Teapot", usd("19.00"))
                );
            }
        }
    }

    #[test]
    fn a_given_price_that_is_not_the_customers_is_refused_whoever_gives_it() {
        let list = [teapot(ProductStanding::Listed)];
        for custom_lines in [CustomLines::Refused, CustomLines::Allowed] {
            let result = wanted(TEAPOT, Some("Teapot"), Some("20.00")).on(&terms(&list, custom_lines));
            assert!(matches!(result, Err(OrderError::PriceChanged(_))), "{result:?}");
        }
    }

    #[test]
    fn another_currency_is_told_before_another_price() {
        let list = [teapot(ProductStanding::Listed)];
        let in_euros = Terms {
            currency: Currency::Eur,
            ..terms(&list, CustomLines::Refused)
        };
        let mut line = wanted(TEAPOT, None, None);
        line.unit_price = Some(Money::parse("19.00", Currency::Eur).unwrap());
        for (terms, line) in [
            (in_euros, wanted(TEAPOT, None, None)),
            (in_euros, line.clone()),
            (terms(&list, CustomLines::Refused), line),
        ] {
            let result = line.on(&terms);
            assert!(matches!(result, Err(OrderError::OneCurrency(_))), "{result:?}");
        }
    }

    #[test]
    fn only_staff_order_what_is_not_listed_and_only_with_name_and_price() {
        let list = [teapot(ProductStanding::Delisted)];
        for product in [TEAPOT, KETTLE] {
            let with_both = wanted(product, Some("Sample"), Some("1.00"));
            let line = with_both.clone().on(&terms(&list, CustomLines::Allowed)).unwrap();
            assert_eq!(
                (line.product_name.as_str(), line.unit_price),
                ("Sample", usd("1.00"))
            );
            for (line, custom_lines) in [
                (with_both, CustomLines::Refused),
                (wanted(product, Some("Sample"), None), CustomLines::Allowed),
                (wanted(product, None, Some("1.00")), CustomLines::Allowed),
                (wanted(product, None, None), CustomLines::Allowed),
            ] {
                let result = line.on(&terms(&list, custom_lines));
                assert!(matches!(result, Err(OrderError::UnknownProduct(_))), "{result:?}");
            }
        }
    }
}
