//! What the catalogue publishes about products.

use serde::{Deserialize, Serialize};

use crate::{Money, ProductId, events::integration_events};

/// A product can be bought from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductListed {
    /// The new product.
    pub product_id: ProductId,
    /// By what the shop knows it.
    pub sku: String,
    /// By what customers know it.
    pub name: String,
    /// The list price of one unit.
    pub unit_price: Money,
}

/// The name or the list price of a listed product changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductRepriced {
    /// The product.
    pub product_id: ProductId,
    /// The shop's key of it, which never changes.
    pub sku: String,
    /// The new name that customers see.
    pub name: String,
    /// The list price of one unit from now on.
    pub unit_price: Money,
}

/// A product can no longer be bought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProductDelisted {
    /// The product.
    pub product_id: ProductId,
}

integration_events!(CATALOG_EVENTS, "product": ProductListed v 1, ProductRepriced v 1, ProductDelisted v 1);
