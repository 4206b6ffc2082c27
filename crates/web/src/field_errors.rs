//! The errors of a field of a body, or of a parameter of a query.

use schema::HasSchema;
use serde::Serialize;
use shared_kernel::MoneyError;

/// The most errors that one answer lists, so that a small body cannot ask for a large answer.
pub(crate) const MOST_ERRORS: usize = 100;

macro_rules! field_codes {
    ($($(#[doc = $doc:literal])* $variant:ident = $name:literal;)*) => {
        /// The codes in the `errors` of a bad body or query: a closed list.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum FieldCode {
            $($(#[doc = $doc])* $variant,)*
        }

        impl FieldCode {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// What is wrong, in the words of `docs/API.md`.
            #[cfg(test)]
            pub(crate) const fn when(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!($($doc),*),)*
                }
            }

            /// The code as callers see it.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

field_codes! {
    /// It is needed, and absent.
    MissingField = "missing_field";
    /// Nothing here has this name.
    UnknownField = "unknown_field";
    /// It is given more than once.
    DuplicateField = "duplicate_field";
    /// It is of another JSON type.
    WrongType = "wrong_type";
    /// It holds a control character.
    TextNotPrintable = "text_not_printable";
    /// It is no UUID.
    InvalidId = "invalid_id";
    /// It is no e-mail address.
    InvalidEmail = "invalid_email";
    /// It is no whole number from 1 to 1,000,000.
    InvalidQuantity = "invalid_quantity";
    /// It is no whole number, or none in the range that is asked for.
    InvalidNumber = "invalid_number";
    /// It names no role.
    UnknownRole = "unknown_role";
    /// A page's limit is no whole number from 1 to 100.
    InvalidLimit = "invalid_limit";
    /// The cursor is none that a list gave out.
    InvalidCursor = "invalid_cursor";
    /// The amount is a JSON number, which has been a float somewhere, instead of a text.
    AmountIsANumber = "amount_is_a_number";
    /// The amount is no decimal number.
    InvalidAmount = "invalid_amount";
    /// The amount has more decimal places than its currency.
    TooManyDecimals = "too_many_decimals";
    /// The amount is below zero.
    NegativeMoney = "negative_money";
    /// The amount is more than can be kept.
    MoneyOutOfRange = "money_out_of_range";
    /// It names no currency known here.
    UnknownCurrency = "unknown_currency";
    /// Two currencies meet in one sum.
    CurrencyMismatch = "currency_mismatch";
}

impl From<&MoneyError> for FieldCode {
    fn from(error: &MoneyError) -> Self {
        match error {
            MoneyError::CurrencyMismatch { .. } => Self::CurrencyMismatch,
            MoneyError::Negative => Self::NegativeMoney,
            MoneyError::OutOfRange => Self::MoneyOutOfRange,
            MoneyError::TooManyDecimals { .. } => Self::TooManyDecimals,
            MoneyError::InvalidAmount { .. } => Self::InvalidAmount,
            MoneyError::UnknownCurrency { .. } => Self::UnknownCurrency,
        }
    }
}

/// Why a value was refused, before its position is known.
#[derive(Debug)]
pub(crate) struct Wrong {
    code: FieldCode,
    detail: String,
}

impl Wrong {
    pub(crate) fn new(code: FieldCode, detail: impl ToString) -> Self {
        Self {
            code,
            detail: detail.to_string(),
        }
    }

    pub(crate) fn type_of(found: &str, expected: &str) -> Self {
        Self::new(
            FieldCode::WrongType,
            format!("found {found}, expected {expected}"),
        )
    }

    pub(crate) fn not_printable() -> Self {
        Self::new(
            FieldCode::TextNotPrintable,
            "found a control character, expected printable text",
        )
    }

    pub(crate) fn missing() -> Self {
        Self::new(FieldCode::MissingField, "expected this field")
    }

    pub(crate) fn unknown() -> Self {
        Self::new(FieldCode::UnknownField, "there is no such field here")
    }

    pub(crate) fn duplicate() -> Self {
        Self::new(
            FieldCode::DuplicateField,
            "found this field several times, expected it once",
        )
    }
}

impl From<MoneyError> for Wrong {
    fn from(error: MoneyError) -> Self {
        Self::new(FieldCode::from(&error), error)
    }
}

/// What is wrong with one field of a body, or one parameter of a query.
#[derive(Debug, Serialize, HasSchema)]
#[schema(name = "FieldProblem")]
pub(crate) struct FieldError {
    /// A JSON pointer into the body (RFC 6901), or `?name` for a parameter of the query.
    #[schema(example = "/lines/0/quantity")]
    pointer: String,
    code: &'static str,
    detail: String,
}

/// The errors found so far.
#[derive(Debug, Default)]
pub(crate) struct FieldErrors(Vec<FieldError>);

impl FieldErrors {
    pub(crate) fn add(&mut self, pointer: impl ToString, wrong: Wrong) {
        if self.0.len() < MOST_ERRORS {
            self.0.push(FieldError {
                pointer: pointer.to_string(),
                code: wrong.code.name(),
                detail: wrong.detail,
            });
        }
    }

    /// The value that was read, if there was no error.
    pub(crate) fn or_value<T>(self, value: Option<T>) -> Result<T, Vec<FieldError>> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use shared_kernel::Currency;

    use super::*;

    #[test]
    fn the_codes_of_money_are_the_kernels() {
        for error in [
            MoneyError::CurrencyMismatch {
                left: Currency::Usd,
                right: Currency::Eur,
            },
            MoneyError::Negative,
            MoneyError::OutOfRange,
            MoneyError::TooManyDecimals {
                found: 3,
                allowed: 2,
                currency: Currency::Usd,
            },
            MoneyError::InvalidAmount { found: String::new() },
            MoneyError::UnknownCurrency { found: String::new() },
        ] {
            assert_eq!(FieldCode::from(&error).name(), error.code());
        }
    }

    #[test]
    fn a_list_of_errors_ends_at_a_hundred() {
        let mut errors = FieldErrors::default();
        for number in 0..500 {
            errors.add(number, Wrong::unknown());
        }
        assert_eq!(errors.or_value(Some(())).unwrap_err().len(), 100);
    }
}
