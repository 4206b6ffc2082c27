//! What inventory needs of a database, in rows: the part that is written for each engine.

use std::collections::BTreeSet;

use async_trait::async_trait;

use message_bus::{CommandLog, CommitError, Unavailable, WriteSet};
use shared_kernel::{OrderId, PageRequest, ProductId, ReservationId, Version};

use crate::{
    InventoryRows,
    reservation_rows::{LineRow, ReservationRow},
    stock_rows::{DriftRow, LedgerRow, StockRow},
};

/// A reservation's row, and those of its lines in the order of the products.
pub(crate) type WholeReservation = (ReservationRow, Vec<LineRow>);

/// Stock and reservations in a database. A list is of one page and one more, if there is one: then another page follows.
#[async_trait]
pub(crate) trait InventoryStore: CommandLog {
    /// The stock items of these products.
    async fn stock_items(&self, products: &BTreeSet<ProductId>) -> Result<Vec<StockRow>, Unavailable>;

    /// All stock, in the order of the products.
    async fn stock(&self, page: PageRequest<ProductId>) -> Result<Vec<StockRow>, Unavailable>;

    /// A product's ledger, newest first.
    async fn ledger(
        &self,
        product_id: ProductId,
        page: PageRequest<Version>,
    ) -> Result<Vec<LedgerRow>, Unavailable>;

    /// The reservations of these orders.
    async fn reservations_of(&self, orders: &BTreeSet<OrderId>)
    -> Result<Vec<WholeReservation>, Unavailable>;

    /// The same without their lines.
    async fn standing_of(&self, orders: &BTreeSet<OrderId>) -> Result<Vec<ReservationRow>, Unavailable>;

    /// Reservations, newest first; only that of one order, when it is named.
    async fn reservations(
        &self,
        order_id: Option<OrderId>,
        page: PageRequest<ReservationId>,
    ) -> Result<Vec<WholeReservation>, Unavailable>;

    /// Reservations that hold their units, in the order of their orders.
    async fn held(&self, page: PageRequest<OrderId>) -> Result<Vec<ReservationRow>, Unavailable>;

    /// Stock that does not agree with its ledger or with what is held, as of one moment.
    async fn drifted(&self, limit: u32) -> Result<Vec<DriftRow>, Unavailable>;

    /// Writes what was decided. `Ok` means: on disk.
    async fn commit(&self, write_set: WriteSet<InventoryRows>) -> Result<(), CommitError>;
}
