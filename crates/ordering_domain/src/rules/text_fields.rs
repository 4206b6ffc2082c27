//! Texts from callers are printable, not too long, and present when they are required.
//!
//! Lengths are counted in characters, not bytes.

use shared_kernel::{Refusal, RefusalKind, printable::is_printable};

/// A product's name on an order line.
pub const PRODUCT_NAME: TextField = TextField::required("product_name", 200);
/// Who carries an order.
pub const CARRIER: TextField = TextField::required("carrier", 100);
/// The carrier's number for an order.
pub const TRACKING_NUMBER: TextField = TextField::required("tracking_number", 100);
/// Why an order was cancelled.
pub const CANCELLATION_REASON: TextField = TextField::required("reason", 500);
/// Street and number of an address.
pub const STREET: TextField = TextField::optional("street", 200);
/// City of an address.
pub const CITY: TextField = TextField::optional("city", 200);
/// State or region of an address.
pub const STATE: TextField = TextField::optional("state", 200);
/// Postal code of an address; the address has its own rule that it is present.
pub const POSTAL_CODE: TextField = TextField::optional("postal_code", 20);

/// The limits of one text.
#[derive(Clone, Copy, Debug)]
pub struct TextField {
    name: &'static str,
    need: Need,
    limit: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Need {
    Required,
    Optional,
}

/// A text breaks its limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// It is blank.
    #[error("{field} is blank; expected some text")]
    Missing {
        /// Which text.
        field: &'static str,
    },
    /// It is too long.
    #[error("found {length} characters in {field}, expected at most {limit}")]
    TooLong {
        /// Which text.
        field: &'static str,
        /// How long it is, in characters.
        length: usize,
        /// How long it may be.
        limit: usize,
    },
    /// It contains a line break, a zero byte or another control character.
    #[error("found a control character in {field}, expected printable text")]
    NotPrintable {
        /// Which text.
        field: &'static str,
    },
}

impl From<TextError> for Refusal {
    fn from(error: TextError) -> Self {
        let refusal = |code, field| Self::new(RefusalKind::Value, code, &error).with("field", field);
        match error {
            TextError::Missing { field } => refusal("text_missing", field),
            TextError::TooLong { field, limit, .. } => {
                refusal("text_too_long", field).with("limit", i64::try_from(limit).unwrap_or(i64::MAX))
            }
            TextError::NotPrintable { field } => refusal("text_not_printable", field),
        }
    }
}

impl TextField {
    const fn required(name: &'static str, limit: usize) -> Self {
        let need = Need::Required;
        Self { name, need, limit }
    }

    const fn optional(name: &'static str, limit: usize) -> Self {
        let need = Need::Optional;
        Self { name, need, limit }
    }

    /// How many characters it may have.
    pub const fn limit(&self) -> usize {
        self.limit
    }

    pub(crate) fn check(&self, text: &str) -> Result<(), TextError> {
        let field = self.name;
        if self.need == Need::Required && text.trim().is_empty() {
            return Err(TextError::Missing { field });
        }
        let length = text.chars().count();
        if length > self.limit {
            let limit = self.limit;
            return Err(TextError::TooLong { field, length, limit });
        }
        if !is_printable(text) {
            return Err(TextError::NotPrintable { field });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIELD: TextField = TextField::required("field", 3);

    #[test]
    fn a_text_at_the_limit_is_accepted_and_one_character_more_is_not() {
        assert_eq!(FIELD.check("äöü"), Ok(()));
        assert_eq!(
            FIELD.check("äöüß"),
            Err(TextError::TooLong {
                field: "field",
                length: 4,
                limit: 3
            })
        );
    }

    #[test]
    fn a_required_text_is_not_blank_and_an_optional_one_may_be() {
        for text in ["", "  "] {
            assert_eq!(FIELD.check(text), Err(TextError::Missing { field: "field" }));
            assert_eq!(TextField::optional("field", 3).check(text), Ok(()));
        }
    }

    #[test]
    fn control_characters_are_refused() {
        for text in ["a\0", "a\n", "\u{85}"] {
            assert!(FIELD.check(text).is_err(), "{text:?}");
        }
        assert_eq!(
            FIELD.check("a\0"),
            Err(TextError::NotPrintable { field: "field" })
        );
    }
}
