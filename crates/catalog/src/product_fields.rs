//! The rules about a product's fields, each by itself, and their refusals.
//!
//! The unique index decides that a sku is free, not a look-up beforehand.

use shared_kernel::{ProductId, Refusal, RefusalKind, printable::is_printable};

use crate::limits::{NAME as LONGEST_NAME, SKU as LONGEST_SKU};

/// Why a product was not listed or changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ProductError {
    /// The sku is malformed.
    #[error("{found:?} is no sku; expected 1 to {LONGEST_SKU} of A–Z, a–z, 0–9, dot, underscore and hyphen")]
    InvalidSku { found: String },
    /// Another product has the sku.
    #[error("found another product with the sku {sku}, expected a sku that is free")]
    SkuAlreadyListed { sku: String },
    /// There is no name.
    #[error("name is blank; expected some text")]
    NameMissing,
    /// The name is too long.
    #[error("found {length} characters in name, expected at most {LONGEST_NAME}")]
    NameTooLong { length: usize },
    /// The name contains a line break, a zero byte or another control character.
    #[error("found a control character in name, expected printable text")]
    NameNotPrintable,
    /// The product is delisted, so it cannot change.
    #[error("product {product_id} is delisted; expected a listed one")]
    Delisted { product_id: ProductId },
}

impl From<ProductError> for Refusal {
    fn from(error: ProductError) -> Self {
        match &error {
            // The caller's text may be long.
            ProductError::InvalidSku { .. } => Self::new(RefusalKind::Value, "invalid_sku", &error),
            ProductError::SkuAlreadyListed { sku } => {
                Self::new(RefusalKind::State, "sku_already_listed", &error).with("sku", sku.as_str())
            }
            ProductError::NameMissing => {
                Self::new(RefusalKind::Value, "text_missing", &error).with("field", "name")
            }
            ProductError::NameTooLong { .. } => Self::new(RefusalKind::Value, "text_too_long", &error)
                .with("field", "name")
                .with("limit", i64::try_from(LONGEST_NAME).unwrap_or(i64::MAX)),
            ProductError::NameNotPrintable => {
                Self::new(RefusalKind::Value, "text_not_printable", &error).with("field", "name")
            }
            ProductError::Delisted { product_id } => {
                Self::new(RefusalKind::State, "product_delisted", &error)
                    .with("product_id", product_id.to_string())
            }
        }
    }
}

/// Whether this is a sku.
pub(crate) fn check_sku(sku: &str) -> Result<(), ProductError> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    if (1..=LONGEST_SKU).contains(&sku.len()) && sku.bytes().all(fits) {
        return Ok(());
    }
    Err(ProductError::InvalidSku {
        found: sku.chars().take(LONGEST_SKU).collect(),
    })
}

/// Whether this is a name.
pub(crate) fn check_name(name: &str) -> Result<(), ProductError> {
    let length = name.chars().count();
    if name.trim().is_empty() {
        Err(ProductError::NameMissing)
    } else if length > LONGEST_NAME {
        Err(ProductError::NameTooLong { length })
    } else if !is_printable(name) {
        Err(ProductError::NameNotPrintable)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sku_has_1_to_40_plain_characters() {
        for sku in ["A", "z9._-", &"x".repeat(40)] {
            assert_eq!(check_sku(sku), Ok(()), "{sku}");
        }
        for sku in ["", "a b", "ä", "a/b", "a\n", &"x".repeat(41)] {
            assert!(check_sku(sku).is_err(), "{sku:?}");
        }
    }

    #[test]
    fn a_name_has_1_to_200_printable_characters() {
        for name in ["x", "Kaffeemühle, 東京", &"ä".repeat(200)] {
            assert_eq!(check_name(name), Ok(()), "{name}");
        }
        assert_eq!(check_name(" "), Err(ProductError::NameMissing));
        let length = 201;
        assert_eq!(
            check_name(&"ä".repeat(length)),
            Err(ProductError::NameTooLong { length })
        );
        assert_eq!(check_name("a\tb"), Err(ProductError::NameNotPrintable));
    }
}
