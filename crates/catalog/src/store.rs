//! What the catalogue needs of a database: the part that is written for each engine.

use async_trait::async_trait;
use message_bus::{CommandLog, CommitError, Unavailable, WriteSet};
use shared_kernel::ProductId;

use crate::{CatalogRows, Product, ProductPosition};

/// The unique index that refuses a second product with the same sku.
pub(crate) const SKU_INDEX: &str = "products.sku_folded";

/// The products.
#[async_trait]
pub trait CatalogStore: CommandLog {
    /// A product, if there is one with this id.
    async fn product(&self, id: ProductId) -> Result<Option<Product>, Unavailable>;

    /// The listed products of a range, by folded name and then by id.
    async fn listed(&self, stretch: Stretch) -> Result<Vec<Product>, Unavailable>;

    /// Writes what one command changes. `Ok` means: on disk.
    async fn commit(&self, write_set: WriteSet<CatalogRows>) -> Result<(), CommitError>;
}

/// A range of the list, which is sorted by folded names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// It begins with this name.
    pub from: String,
    /// It ends before this name, if at any.
    pub before: Option<String>,
    /// Of that, only what comes after this position.
    pub after: Option<ProductPosition>,
    /// And at most so many.
    pub at_most: u32,
}
