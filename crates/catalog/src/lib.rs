//! The catalogue: products, each with a sku, a name and a list price.
//!
//! One crate, plain modules. A product is listed, changed and delisted, and each of its rules is about one field: there is nothing for
//! aggregates, entities and rule files to guard (ADR 0017 says when not to build layers). Its entry point is [`Catalog`]; one file per
//! use case.
//!
//! Deliberately not here: what a customer pays, which belongs to ordering, and how many units there are, which belongs to inventory.

pub mod limits;
mod product;
mod product_fields;

mod change_product;
mod delist_product;
mod list_product;
mod queries;

mod catalog;
mod rows;
mod schema;
mod store;

pub mod in_memory;
pub mod postgres;
pub mod sqlite;

use message_bus::handled_by;
use shared_kernel::events::CATALOG_EVENTS;
use storage::ContextDescription;

pub use self::catalog::Catalog;
pub use change_product::ChangeProduct;
pub use delist_product::DelistProduct;
pub use list_product::ListProduct;
pub use product::{Product, ProductPosition, ProductStatus};
pub use queries::ProductsWanted;
pub use rows::CatalogRows;
pub use store::{CatalogStore, Stretch};

/// The context's name: its file's, and its schema's.
pub const CONTEXT: &str = "catalog";

/// What the binary has to know of the context.
pub const DESCRIPTION: ContextDescription = ContextDescription {
    name: CONTEXT,
    sqlite: sqlite::MIGRATIONS,
    postgres: postgres::MIGRATIONS,
    commands: &[
        handled_by::<Catalog, ListProduct>,
        handled_by::<Catalog, ChangeProduct>,
        handled_by::<Catalog, DelistProduct>,
    ],
    events: CATALOG_EVENTS,
};

#[cfg(test)]
mod tests;
