//! What was short: inventory finds it, and ordering publishes it.

use serde::{Deserialize, Serialize};

use crate::ProductId;

/// A product of which there was less than an order asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shortage {
    /// The product.
    pub product_id: ProductId,
    /// Its name on the order. Ordering adds it, since it has the order's lines; it is absent in inventory's events and in old ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub product_name: Option<String>,
    /// Units asked for, over all lines: together they may be more than a single line can carry.
    pub requested: u32,
    /// Units there were.
    pub available: u32,
}
