//! How long a product's fields may be, in characters.

/// A sku.
pub const SKU: usize = 40;
/// A name.
pub const NAME: usize = 200;
