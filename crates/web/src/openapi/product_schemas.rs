//! The schemas of products: of what is taken, and of what is answered.

#![expect(dead_code, reason = "only their shapes are used")]

use utoipa::ToSchema;

use super::{
    requests::MoneyGiven,
    values::{Id, Money, ProductStatus, Time, Version},
};

/// A product to list.
#[derive(ToSchema)]
#[schema(example = json!({
    "sku": "TEA-250", "name": "Assam tea, 250 g", "unit_price": {"amount": "11.90", "currency": "GBP"},
}))]
pub(super) struct ProductToList {
    /// By what the shop knows it; no other product's, however it is cased.
    #[schema(pattern = "^[A-Za-z0-9._-]{1,40}$")]
    sku: String,
    /// Printable, and not blank.
    #[schema(
        max_length = 200,
        pattern = r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$"
    )]
    name: String,
    /// The list price of one unit.
    unit_price: MoneyGiven,
}

/// What is to be changed of a product.
#[derive(ToSchema)]
#[schema(example = json!({"unit_price": {"amount": "12.40", "currency": "GBP"}}))]
pub(super) struct ProductChange {
    /// Printable, and not blank.
    #[schema(
        max_length = 200,
        pattern = r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$"
    )]
    name: Option<String>,
    /// The list price of one unit from now on.
    unit_price: Option<MoneyGiven>,
}

/// A product.
#[derive(ToSchema)]
#[schema(example = json!({
    "id": "0197b2c4-0000-7000-8000-00000000beef", "sku": "TEA-250", "name": "Assam tea, 250 g",
    "unit_price": {"amount": "11.90", "currency": "GBP"}, "status": "listed",
    "created_at": "2026-01-31T12:00:00.000000Z", "updated_at": "2026-01-31T12:00:00.000000Z", "version": 1,
}))]
pub(super) struct Product {
    id: Id,
    /// By what the shop knows it.
    sku: String,
    /// By what customers know it.
    name: String,
    /// The list price of one unit. What a customer pays is ordering's affair: list price less their tier's discount.
    unit_price: Money,
    status: ProductStatus,
    created_at: Time,
    updated_at: Time,
    version: Version,
}

/// A product, and how many of it can be had.
#[derive(ToSchema)]
#[schema(example = json!({
    "id": "0197b2c4-0000-7000-8000-00000000beef", "sku": "TEA-250", "name": "Assam tea, 250 g",
    "unit_price": {"amount": "11.90", "currency": "GBP"}, "status": "listed",
    "created_at": "2026-01-31T12:00:00.000000Z", "updated_at": "2026-01-31T12:00:00.000000Z", "version": 1,
    "available": 98,
}))]
pub(super) struct ProductWithStock {
    id: Id,
    /// By what the shop knows it.
    sku: String,
    /// By what customers know it.
    name: String,
    /// The list price of one unit.
    unit_price: Money,
    status: ProductStatus,
    created_at: Time,
    updated_at: Time,
    version: Version,
    /// Units that are not reserved; null as long as its stock is not known.
    #[schema(required, minimum = 0, maximum = 1_000_000_000)]
    available: Option<u32>,
}

/// Part of the list of products, by name.
#[derive(ToSchema)]
pub(super) struct ProductList {
    data: Vec<Product>,
    /// Gets the next page, as `cursor`; null when this is the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}
