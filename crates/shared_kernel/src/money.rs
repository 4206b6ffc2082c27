//! Amounts of money in one of the currencies the shop takes.

use std::{fmt, str::FromStr};

use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};
use serde::{Deserialize, Serialize};

use crate::{Currency, MoneyError, Quantity};

/// An amount of money: never negative, in one currency, at two decimal places, rounded half up
/// (`MidpointAwayFromZero`, which for amounts that are never negative is the same thing).
///
/// Two currencies never mix, and arithmetic that leaves the range of 64-bit minor units is an
/// error, never a wrap.
///
/// ```
/// use shared_kernel::{Currency, Money};
/// let price: Money = Money::parse("19.995", Currency::Usd)?;
/// assert_eq!(price.to_string(), "USD 20.00");
/// # Ok::<(), shared_kernel::MoneyError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "MoneyOnTheWire", into = "MoneyOnTheWire")]
pub struct Money {
    amount: Decimal,
    currency: Currency,
}

/// How money looks in JSON: the amount is a string, since a JSON number has been a float somewhere.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MoneyOnTheWire {
    amount: String,
    currency: Currency,
}

impl Money {
    /// Decimal places kept.
    const SCALE: u32 = 2;

    /// Money from a decimal amount, rounded half up to two places.
    ///
    /// # Errors
    /// [`MoneyError::Negative`] below zero, [`MoneyError::OutOfRange`] above 2⁶³−1 minor units.
    pub fn new(amount: Decimal, currency: Currency) -> Result<Self, MoneyError> {
        if amount.is_sign_negative() && !amount.is_zero() {
            return Err(MoneyError::Negative);
        }
        let mut rounded = amount.round_dp_with_strategy(Self::SCALE, RoundingStrategy::MidpointAwayFromZero);
        rounded.rescale(Self::SCALE);
        let money = Self {
            amount: rounded,
            currency,
        };
        match minor_units(rounded) {
            Some(_) => Ok(money),
            None => Err(MoneyError::OutOfRange),
        }
    }

    /// No money.
    pub fn zero(currency: Currency) -> Self {
        Self {
            amount: Decimal::new(0, Self::SCALE),
            currency,
        }
    }

    /// Money from its decimal text.
    ///
    /// # Errors
    /// [`MoneyError::InvalidAmount`] when the text is no plain decimal number, else as [`Money::new`].
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let invalid = || MoneyError::InvalidAmount {
            found: text.chars().take(40).collect(),
        };
        let plain = text
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'-');
        if !plain || text.len() > 40 {
            return Err(invalid());
        }
        let amount = Decimal::from_str(text).map_err(|_| invalid())?;
        Self::new(amount, currency)
    }

    /// Money from minor units (cents, pence, paise), the form databases keep.
    ///
    /// # Errors
    /// [`MoneyError::Negative`] below zero.
    pub fn from_minor_units(minor_units: i64, currency: Currency) -> Result<Self, MoneyError> {
        Self::new(Decimal::new(minor_units, Self::SCALE), currency)
    }

    /// The amount in minor units.
    pub fn minor_units(self) -> i64 {
        // Every constructor has checked the range.
        minor_units(self.amount).unwrap_or(i64::MAX)
    }

    /// The amount, at two decimal places.
    pub const fn amount(self) -> Decimal {
        self.amount
    }

    /// The currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// The sum.
    ///
    /// # Errors
    /// [`MoneyError::CurrencyMismatch`], [`MoneyError::OutOfRange`].
    #[expect(
        clippy::should_implement_trait,
        reason = "`+` cannot answer with an error, and a sum of money can"
    )]
    pub fn add(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let sum = self
            .amount
            .checked_add(other.amount)
            .ok_or(MoneyError::OutOfRange)?;
        Self::new(sum, self.currency)
    }

    /// The difference.
    ///
    /// # Errors
    /// [`MoneyError::CurrencyMismatch`]; [`MoneyError::Negative`] when `other` is more than this.
    pub fn subtract(self, other: Self) -> Result<Self, MoneyError> {
        self.same_currency(other)?;
        let difference = self
            .amount
            .checked_sub(other.amount)
            .ok_or(MoneyError::OutOfRange)?;
        Self::new(difference, self.currency)
    }

    /// This amount, `quantity` times.
    ///
    /// # Errors
    /// [`MoneyError::OutOfRange`].
    pub fn times(self, quantity: Quantity) -> Result<Self, MoneyError> {
        self.multiply(Decimal::from(quantity.get()))
    }

    /// This amount times a factor, rounded half up.
    ///
    /// # Errors
    /// [`MoneyError::Negative`] for a negative factor, [`MoneyError::OutOfRange`].
    pub fn multiply(self, factor: Decimal) -> Result<Self, MoneyError> {
        let product = self.amount.checked_mul(factor).ok_or(MoneyError::OutOfRange)?;
        Self::new(product, self.currency)
    }

    fn same_currency(self, other: Self) -> Result<(), MoneyError> {
        if self.currency == other.currency {
            Ok(())
        } else {
            Err(MoneyError::CurrencyMismatch {
                left: self.currency,
                right: other.currency,
            })
        }
    }
}

fn minor_units(amount: Decimal) -> Option<i64> {
    amount.checked_mul(Decimal::ONE_HUNDRED)?.to_i64()
}

impl fmt::Display for Money {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.currency, self.amount)
    }
}

impl TryFrom<MoneyOnTheWire> for Money {
    type Error = MoneyError;

    fn try_from(wire: MoneyOnTheWire) -> Result<Self, MoneyError> {
        Self::parse(&wire.amount, wire.currency)
    }
}

impl From<Money> for MoneyOnTheWire {
    fn from(money: Money) -> Self {
        Self {
            amount: money.amount.to_string(),
            currency: money.currency,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn usd(text: &str) -> Money {
        Money::parse(text, Currency::Usd).unwrap()
    }

    #[test]
    fn money_rounds_half_up_at_two_places() {
        for (given, kept) in [
            ("0.005", "0.01"),
            ("0.004", "0.00"),
            ("2.675", "2.68"),
            ("1", "1.00"),
            ("1.1", "1.10"),
        ] {
            assert_eq!(usd(given).to_string(), format!("USD {kept}"));
        }
    }

    #[test]
    fn two_currencies_never_mix() {
        let mismatch = MoneyError::CurrencyMismatch {
            left: Currency::Usd,
            right: Currency::Eur,
        };
        let euro = Money::parse("1", Currency::Eur).unwrap();
        assert_eq!(usd("1").add(euro), Err(mismatch.clone()));
        assert_eq!(usd("1").subtract(euro), Err(mismatch));
        assert_ne!(usd("1"), euro);
    }

    #[test]
    fn money_is_never_negative() {
        assert_eq!(Money::parse("-0.01", Currency::Usd), Err(MoneyError::Negative));
        assert_eq!(usd("1").subtract(usd("1.01")), Err(MoneyError::Negative));
        assert_eq!(
            usd("1").multiply(Decimal::NEGATIVE_ONE),
            Err(MoneyError::Negative)
        );
        assert_eq!(usd("-0"), Money::zero(Currency::Usd));
    }

    #[test]
    fn overflow_is_an_error() {
        let most = Money::from_minor_units(i64::MAX, Currency::Usd).unwrap();
        assert_eq!(most.add(usd("0.01")), Err(MoneyError::OutOfRange));
        assert_eq!(most.multiply(Decimal::MAX), Err(MoneyError::OutOfRange));
        assert_eq!(most.minor_units(), i64::MAX);
    }

    #[test]
    fn text_that_is_no_plain_number_is_refused() {
        for text in ["", "abc", "1e3", "1_000", " 1", "1,5", "--1", "+1", "0x10", "٣"] {
            assert!(
                matches!(
                    Money::parse(text, Currency::Usd),
                    Err(MoneyError::InvalidAmount { .. })
                ),
                "{text:?}"
            );
        }
    }

    #[test]
    fn json_carries_the_amount_as_a_string() {
        let json = r#"{"amount":"19.99","currency":"USD"}"#;
        assert_eq!(serde_json::to_string(&usd("19.99")).unwrap(), json);
        assert_eq!(serde_json::from_str::<Money>(json).unwrap(), usd("19.99"));
        assert!(serde_json::from_str::<Money>(r#"{"amount":19.99,"currency":"USD"}"#).is_err());
        assert!(serde_json::from_str::<Money>(r#"{"amount":"1","currency":"XTS"}"#).is_err());
    }

    proptest! {
        #[test]
        fn minor_units_go_both_ways(units in 0..=i64::MAX) {
            let money = Money::from_minor_units(units, Currency::Inr).unwrap();
            prop_assert_eq!(money.minor_units(), units);
        }

        #[test]
        fn what_is_added_can_be_subtracted(left in 0..i64::MAX / 2, right in 0..i64::MAX / 2) {
            let left = Money::from_minor_units(left, Currency::Gbp).unwrap();
            let right = Money::from_minor_units(right, Currency::Gbp).unwrap();
            prop_assert_eq!(left.add(right).unwrap().subtract(right).unwrap(), left);
        }
    }
}
