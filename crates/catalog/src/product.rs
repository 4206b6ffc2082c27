//! A product: what is stored, and what every caller sees.

use schema::HasSchema;
use serde::{Deserialize, Serialize};
use shared_kernel::{Money, ProductId, Timestamp, Version};

/// A product.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, HasSchema)]
#[schema(example({
    "id": "0197b2c4-0000-7000-8000-00000000beef", "sku": "TEA-250", "name": "Assam tea, 250 g",
    "unit_price": {"amount": "11.90", "currency": "GBP"}, "status": "listed",
    "created_at": "2026-01-31T12:00:00.000000Z", "updated_at": "2026-01-31T12:00:00.000000Z", "version": 1,
}))]
pub struct Product {
    /// The product.
    pub id: ProductId,
    /// By what the shop knows it.
    pub sku: String,
    /// By what customers know it.
    pub name: String,
    /// The list price of one unit. What a customer pays is ordering's affair: list price less their tier's discount.
    pub unit_price: Money,
    /// Whether it can be bought.
    pub status: ProductStatus,
    /// When it was listed.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The version of this state.
    pub version: Version,
}

/// Whether a product can be ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, HasSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProductStatus {
    /// It can.
    Listed,
    /// No longer. Orders from before still name it.
    Delisted,
}

/// A product's position in the list, which is sorted by name whatever its case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductPosition {
    /// Its name, folded.
    pub name: String,
    /// Its id, which sorts those with this name.
    pub id: ProductId,
}

impl ProductStatus {
    /// Both of them.
    pub(crate) const ALL: [Self; 2] = [Self::Listed, Self::Delisted];

    /// The name under which it is stored.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Listed => "listed",
            Self::Delisted => "delisted",
        }
    }
}

impl Product {
    /// Its position in the list.
    pub fn position(&self) -> ProductPosition {
        ProductPosition {
            name: folded(&self.name),
            id: self.id,
        }
    }
}

/// The form in which letter case makes no difference.
pub(crate) fn folded(text: &str) -> String {
    text.to_lowercase()
}
