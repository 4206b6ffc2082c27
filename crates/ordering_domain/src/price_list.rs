//! The price list: ordering's copy of the products that can be ordered, from the catalogue's events.

use std::str::FromStr;

use shared_kernel::{Money, ProductId};

use crate::UnknownName;

/// The price list's entry for one product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PriceListEntry {
    /// The product.
    pub product_id: ProductId,
    /// Its name.
    pub name: String,
    /// What one unit costs before any discount.
    pub list_price: Money,
    /// Whether it can be ordered.
    pub status: ProductStatus,
}

/// Whether a product of the price list can be ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProductStatus {
    /// It can.
    Listed,
    /// No longer.
    Delisted,
}

impl ProductStatus {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Listed, Self::Delisted];

    /// The name used in rows.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Listed => "listed",
            Self::Delisted => "delisted",
        }
    }
}

impl FromStr for ProductStatus {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Self::ALL
            .into_iter()
            .find(|status| status.name() == text)
            .ok_or_else(|| UnknownName {
                found: text.to_owned(),
                kind: "product status",
                expected: "listed or delisted",
            })
    }
}
