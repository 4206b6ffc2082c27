//! Only products that the price list has, and that are not delisted, are ordered. Staff may write a line of their own instead, with its
//! name and its price.

use shared_kernel::{ProductId, Refusal, RefusalKind};

use crate::{PriceListEntry, ProductStatus};

/// The product cannot be ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("found product {product_id}, which is not on the price list, expected one that is")]
pub struct UnknownProduct {
    /// Which.
    pub product_id: ProductId,
}

impl From<UnknownProduct> for Refusal {
    fn from(error: UnknownProduct) -> Self {
        Self::new(RefusalKind::Value, "unknown_product", &error)
            .with("product_id", error.product_id.to_string())
    }
}

pub(crate) fn find(
    product_id: ProductId,
    price_list: &[PriceListEntry],
) -> Result<&PriceListEntry, UnknownProduct> {
    price_list
        .iter()
        .find(|entry| entry.product_id == product_id && entry.status == ProductStatus::Listed)
        .ok_or(UnknownProduct { product_id })
}

#[cfg(test)]
mod tests {
    use shared_kernel::{Currency, Money};

    use super::*;

    #[test]
    fn a_product_is_found_as_long_as_it_is_listed() {
        let product_id = "0197b2c4-6d00-7000-8000-000000000020".parse().unwrap();
        let other_id = "0197b2c4-6d00-7000-8000-000000000021".parse().unwrap();
        let entry = |status| PriceListEntry {
            product_id,
            name: "Teapot".to_owned(),
            list_price: Money::zero(Currency::Usd),
            status,
        };
        for (status, wanted, found) in [
            (ProductStatus::Listed, product_id, true),
            (ProductStatus::Delisted, product_id, false),
            (ProductStatus::Listed, other_id, false),
        ] {
            assert_eq!(find(wanted, &[entry(status)]).is_ok(), found, "{status:?}");
        }
    }
}
