//! Amounts of money in one of the currencies the shop takes.

use std::{fmt, str::FromStr};

use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};
use serde::{Deserialize, Serialize};

use crate::{Currency, MoneyError, Quantity};

/// An amount of money: never negative, in one currency, at two decimal places.
///
/// An amount from a caller is kept exactly or refused ([`Money::parse`]); what is computed is rounded half up
/// (`MidpointAwayFromZero`, which for amounts that are never negative is the same thing). Two currencies never mix, and
/// arithmetic that leaves the range of 64-bit minor units is an error, never a wrap.
///
/// ```
/// use rust_decimal::Decimal;
/// use shared_kernel::{Currency, Money};
/// let price = Money::parse("19.99", Currency::Usd)?;
/// assert!(Money::parse("19.995", Currency::Usd).is_err());
/// assert_eq!(price.multiply(Decimal::new(95, 2))?.to_string(), "USD 18.99");
/// # Ok::<(), shared_kernel::MoneyError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "MoneyOnTheWire", into = "MoneyOnTheWire")]
pub struct Money {
    amount: Decimal,
    currency: Currency,
}

/// How money looks in JSON: the amount is a string, since many readers parse a JSON number as a float.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MoneyOnTheWire {
    amount: String,
    currency: Currency,
}

impl Money {
    /// Decimal places of every currency here.
    const SCALE: u32 = 2;

    /// Money that was computed, or stored: rounded half up to two places.
    ///
    /// # Errors
    /// [`MoneyError::Negative`] below zero, [`MoneyError::OutOfRange`] above 2⁶³−1 minor units.
    fn rounded(amount: Decimal, currency: Currency) -> Result<Self, MoneyError> {
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

    /// Money from a caller's text: exactly the amount in it, which is never rounded. Zeros at the end are no places:
    /// 19.990 is 19.99.
    ///
    /// # Errors
    /// [`MoneyError::InvalidAmount`] when the text is no plain decimal number, [`MoneyError::Negative`] below zero,
    /// [`MoneyError::TooManyDecimals`] when it has more decimal places than the currency,
    /// [`MoneyError::OutOfRange`] above 2⁶³−1 minor units.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, MoneyError> {
        let amount = decimal(text)?;
        // Counted in the text: a decimal itself keeps no more than 28 places, and rounds the rest.
        let places = text
            .split_once('.')
            .map_or(0, |(_, places)| places.trim_end_matches('0').len());
        let found = u32::try_from(places).unwrap_or(u32::MAX);
        if found > Self::SCALE {
            return Err(if text.starts_with('-') {
                MoneyError::Negative
            } else {
                MoneyError::TooManyDecimals {
                    found,
                    allowed: Self::SCALE,
                    currency,
                }
            });
        }
        Self::rounded(amount, currency)
    }

    /// Money from minor units (cents, pence, paise), the form databases keep.
    ///
    /// # Errors
    /// [`MoneyError::Negative`] below zero.
    pub fn from_minor_units(minor_units: i64, currency: Currency) -> Result<Self, MoneyError> {
        Self::rounded(Decimal::new(minor_units, Self::SCALE), currency)
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
        Self::rounded(sum, self.currency)
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
        Self::rounded(difference, self.currency)
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
        Self::rounded(product, self.currency)
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

/// The number that a text names, when it is a plain one of at most 40 characters.
fn decimal(text: &str) -> Result<Decimal, MoneyError> {
    let invalid = || MoneyError::InvalidAmount {
        found: text.chars().take(40).collect(),
    };
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'-');
    if !plain || text.len() > 40 {
        return Err(invalid());
    }
    Decimal::from_str(text).map_err(|_| invalid())
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

    /// A stored amount stays readable, also if it was written with more places.
    fn try_from(wire: MoneyOnTheWire) -> Result<Self, MoneyError> {
        Self::rounded(decimal(&wire.amount)?, wire.currency)
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
mod tests;
