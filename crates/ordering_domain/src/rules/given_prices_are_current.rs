//! If a caller states a line's unit price, it must equal the customer's current price, which is the list price less the
//! discount of their tier. The prices of a pending order's lines must, too.

use shared_kernel::{Money, ProductId, Refusal, RefusalKind};

/// The price has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("found {given} as the price of product {product_id}, expected {current}")]
pub struct PriceChanged {
    /// Which product.
    pub product_id: ProductId,
    /// The price that they state, or that the line has.
    pub given: Money,
    /// The current price.
    pub current: Money,
}

impl From<PriceChanged> for Refusal {
    fn from(error: PriceChanged) -> Self {
        Self::new(RefusalKind::State, "price_changed", &error)
            .with("product_id", error.product_id.to_string())
            .with("given", error.given)
            .with("current", error.current)
    }
}

pub(crate) fn check(product_id: ProductId, given: Money, current: Money) -> Result<(), PriceChanged> {
    if given == current {
        return Ok(());
    }
    Err(PriceChanged {
        product_id,
        given,
        current,
    })
}

#[cfg(test)]
mod tests {
    use shared_kernel::Currency;

    use super::*;

    #[test]
    fn a_cent_more_or_less_is_another_price() {
        let product_id = "0197b2c4-6d00-7000-8000-000000000020".parse().unwrap();
        let usd = |amount| Money::parse(amount, Currency::Usd).unwrap();
        assert_eq!(check(product_id, usd("19.99"), usd("19.99")), Ok(()));
        for given in ["19.98", "20.00"] {
            assert!(check(product_id, usd(given), usd("19.99")).is_err(), "{given}");
        }
    }
}
