//! Why money could not be made or computed.

use crate::Currency;

/// Why money could not be made or computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Two currencies met in one sum.
    #[error("found {left} and {right} together, expected one currency")]
    CurrencyMismatch {
        /// The currency of the left side.
        left: Currency,
        /// The currency of the right side.
        right: Currency,
    },
    /// The result would be below zero, and money never is.
    #[error("found a negative amount, expected zero or more")]
    Negative,
    /// The amount is more than can be kept.
    #[error("found an amount out of range, expected at most {} minor units", i64::MAX)]
    OutOfRange,
    /// The amount has more decimal places than its currency, and a caller's amount is never rounded.
    #[error("found {found} decimal places, expected at most {allowed}, as {currency} has")]
    TooManyDecimals {
        /// How many it has, without zeros at the end.
        found: u32,
        /// How many the currency has.
        allowed: u32,
        /// The currency.
        currency: Currency,
    },
    /// The text is no decimal number.
    #[error("{found:?} is no amount; expected a decimal number, as in 19.99")]
    InvalidAmount {
        /// What was given.
        found: String,
    },
    /// The code names no currency that Orderly handles.
    #[error("{found:?} is no currency known here; expected USD, EUR, GBP or INR")]
    UnknownCurrency {
        /// What was given.
        found: String,
    },
}

impl MoneyError {
    /// The error's stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::CurrencyMismatch { .. } => "currency_mismatch",
            Self::Negative => "negative_money",
            Self::OutOfRange => "money_out_of_range",
            Self::TooManyDecimals { .. } => "too_many_decimals",
            Self::InvalidAmount { .. } => "invalid_amount",
            Self::UnknownCurrency { .. } => "unknown_currency",
        }
    }
}
