//! What inventory needs of a database: its one port, which `inventory_infra` implements for each engine and `in_memory` for tests.

use std::collections::BTreeSet;

use async_trait::async_trait;
use inventory_domain::{Reservation, ReservationRecord, StockItem, StockRecord};
use message_bus::{CommandLog, CommitError, Unavailable, WriteSet};
use shared_kernel::{OrderId, PageRequest, ProductId, ReservationId, Version};

use crate::{LedgerEntryView, ReservationStatus, StockDrift};

/// The primary key that prevents a product's stock from being opened twice.
pub const STOCK_ITEM_KEY: &str = "stock_items.product_id";
/// The unique index that prevents an order's stock from being decided twice.
pub const ORDER_INDEX: &str = "reservations.order_id";

/// Stock and reservations in a database. A list is of one page and one more, if there is one: then another page follows.
#[async_trait]
pub trait InventoryStore: CommandLog {
    /// The stock items of these products, of which some may have none.
    async fn stock_items(&self, products: &BTreeSet<ProductId>) -> Result<Vec<StoredStockItem>, Unavailable>;

    /// All stock, in the order of the products.
    async fn stock(&self, page: PageRequest<ProductId>) -> Result<Vec<StoredStockItem>, Unavailable>;

    /// A product's ledger, newest first.
    async fn ledger(
        &self,
        product_id: ProductId,
        page: PageRequest<Version>,
    ) -> Result<Vec<LedgerEntryView>, Unavailable>;

    /// The reservations of these orders, of which some may have none.
    async fn reservations_of(
        &self,
        orders: &BTreeSet<OrderId>,
    ) -> Result<Vec<StoredReservation>, Unavailable>;

    /// The same without their lines.
    async fn status_of(&self, orders: &BTreeSet<OrderId>) -> Result<Vec<ReservationStatus>, Unavailable>;

    /// Reservations, newest first; only that of one order, when one is given.
    async fn reservations(
        &self,
        order_id: Option<OrderId>,
        page: PageRequest<ReservationId>,
    ) -> Result<Vec<StoredReservation>, Unavailable>;

    /// Reservations that hold their units, in the order of their orders.
    async fn held(&self, page: PageRequest<OrderId>) -> Result<Vec<ReservationStatus>, Unavailable>;

    /// Stock items that do not agree with their ledger or their reservations, as of one moment, in the order of the
    /// products: at most `limit`. Also products with reserved units but without a stock item.
    async fn drifted(&self, limit: u32) -> Result<Vec<StockDrift>, Unavailable>;

    /// Writes what was decided, all of it or nothing. `Ok` means: on disk.
    async fn commit(&self, write_set: WriteSet<InventoryChanges>) -> Result<(), CommitError>;
}

/// A stock item as it is stored.
#[derive(Clone, Copy, Debug)]
pub struct StoredStockItem {
    /// Its data.
    pub record: StockRecord,
    /// Its version.
    pub version: Version,
}

/// A reservation as it is stored.
#[derive(Clone, Debug)]
pub struct StoredReservation {
    /// Its data.
    pub record: ReservationRecord,
    /// Its version.
    pub version: Version,
}

/// What one command changes, or several that are decided together. Each aggregate is guarded by the version it was loaded at.
#[derive(Clone, Debug, Default)]
pub struct InventoryChanges {
    /// The stock items that changed, in the order of their products.
    pub stock: Vec<StockItem>,
    /// The reservations that changed.
    pub reservations: Vec<Reservation>,
}
