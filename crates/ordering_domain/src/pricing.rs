//! What a unit costs a customer: list price less the discount of their tier, rounded per unit.
//!
//! A service, because the price belongs to neither the product, nor the customer, nor the order alone.

use rust_decimal::Decimal;
use shared_kernel::{Money, MoneyError};

use crate::CustomerTier;

/// The discount of a tier, in percent of the list price.
pub const fn discount_percent(tier: CustomerTier) -> u8 {
    match tier {
        CustomerTier::Standard => 0,
        CustomerTier::Silver => 5,
        CustomerTier::Gold => 10,
    }
}

/// The price of one unit at `list_price` for a customer of `tier`, rounded half up.
///
/// # Errors
/// [`MoneyError::OutOfRange`] for a list price too large to compute with.
pub fn unit_price(list_price: Money, tier: CustomerTier) -> Result<Money, MoneyError> {
    let share = Decimal::new(i64::from(100_u8.saturating_sub(discount_percent(tier))), 2);
    list_price.multiply(share)
}

#[cfg(test)]
mod tests {
    use shared_kernel::Currency;

    use super::*;

    fn usd(text: &str) -> Money {
        Money::parse(text, Currency::Usd).unwrap()
    }

    #[test]
    fn each_tier_has_its_discount() {
        for (tier, price) in [
            (CustomerTier::Standard, "100.00"),
            (CustomerTier::Silver, "95.00"),
            (CustomerTier::Gold, "90.00"),
        ] {
            assert_eq!(unit_price(usd("100"), tier), Ok(usd(price)), "{tier}");
        }
    }

    #[test]
    fn the_price_of_one_unit_is_rounded_half_up() {
        // 0.10 less 5 % is 0.095; 19.99 less 10 % is 17.991.
        assert_eq!(unit_price(usd("0.10"), CustomerTier::Silver), Ok(usd("0.10")));
        assert_eq!(unit_price(usd("19.99"), CustomerTier::Gold), Ok(usd("17.99")));
        assert_eq!(unit_price(usd("0.01"), CustomerTier::Gold), Ok(usd("0.01")));
    }

    #[test]
    fn nothing_costs_nothing_and_the_currency_stays() {
        let nothing = Money::zero(Currency::Inr);
        assert_eq!(unit_price(nothing, CustomerTier::Gold), Ok(nothing));
    }
}
