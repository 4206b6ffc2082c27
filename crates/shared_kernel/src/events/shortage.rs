//! What was short, as inventory finds it and ordering tells it on.

use serde::{Deserialize, Serialize};

use crate::ProductId;

/// A product of which there was less than an order asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shortage {
    /// The product.
    pub product_id: ProductId,
    /// Units asked for, over all lines: together they may be more than a single line can carry.
    pub requested: u32,
    /// Units there were.
    pub available: u32,
}
