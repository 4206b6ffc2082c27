//! What inventory needs from outside, as traits that `inventory_infra` implements per engine and `in_memory` for tests.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use inventory_domain::{Reservation, Stock, StockItem};
use message_bus::{CommandLog, CommandMeta, CommitError, ReplayRecord, Unavailable};
use shared_kernel::{OrderId, Page, PageRequest, ProductId, ReservationId, Version};

use crate::{LedgerEntryView, ReservationStanding, ReservationView, StockDrift, StockItemView};

/// The primary key that says that a product's stock was opened before.
pub const STOCK_ITEM_KEY: &str = "stock_items.product_id";
/// The unique index that says that an order's stock was decided before.
pub const ORDER_INDEX: &str = "reservations.order_id";

/// Where units of work come from.
pub trait InventoryUnits: CommandLog {
    /// Begins one for a command. No transaction is open until it commits.
    fn begin(&self, meta: CommandMeta) -> Box<dyn InventoryUnitOfWork>;
}

/// All that one command changes, or several that are decided together. Nothing reaches the store before `commit`;
/// dropping it instead is a rollback.
#[async_trait]
pub trait InventoryUnitOfWork: Send {
    /// The stock items.
    fn stock(&mut self) -> &mut dyn StockRepository;

    /// The reservations.
    fn reservations(&mut self) -> &mut dyn ReservationRepository;

    /// From here on it is another command that decides: the events of what is registered now carry this meta, and its
    /// delivery's position moves along with the others.
    fn next_command(&mut self, meta: CommandMeta);

    /// Writes everything that was registered, with its events, as one write set. With nothing registered it
    /// still records what the commands answer: their deliveries' positions, a replay key.
    ///
    /// # Errors
    /// [`CommitError`]; nothing was written then.
    async fn commit(self: Box<Self>, replay: Option<ReplayRecord>) -> Result<(), CommitError>;
}

/// Stock items.
#[async_trait]
pub trait StockRepository: Send {
    /// The stock items of these products, of which some may have none.
    async fn of_products(&mut self, products: &BTreeSet<ProductId>) -> Result<Stock, Unavailable>;

    /// Registers a stock item's changes, guarded by the version it was loaded at.
    fn save(&mut self, item: StockItem);
}

/// Reservations, each with its lines.
#[async_trait]
pub trait ReservationRepository: Send {
    /// The reservations of these orders, of which some may have none.
    async fn of_orders(
        &mut self,
        orders: &BTreeSet<OrderId>,
    ) -> Result<BTreeMap<OrderId, Reservation>, Unavailable>;

    /// Registers a reservation's changes, guarded by the version it was loaded at.
    fn save(&mut self, reservation: Reservation);
}

/// Questions that load no aggregates.
#[async_trait]
pub trait InventoryQueries: Send + Sync {
    /// The stock of a product, if it was opened.
    async fn stock_item(&self, product_id: ProductId) -> Result<Option<StockItemView>, Unavailable>;

    /// A page of all stock, in the order of the products.
    async fn stock(
        &self,
        page: PageRequest<ProductId>,
    ) -> Result<Page<StockItemView, ProductId>, Unavailable>;

    /// How many units are available of each of these products whose stock was opened.
    async fn available(
        &self,
        products: &BTreeSet<ProductId>,
    ) -> Result<BTreeMap<ProductId, u32>, Unavailable>;

    /// A page of a product's ledger, newest first.
    async fn ledger(
        &self,
        product_id: ProductId,
        page: PageRequest<Version>,
    ) -> Result<Page<LedgerEntryView, Version>, Unavailable>;

    /// A page of the reservations, newest first; only that of one order, when it is named.
    async fn reservations(
        &self,
        order_id: Option<OrderId>,
        page: PageRequest<ReservationId>,
    ) -> Result<Page<ReservationView, ReservationId>, Unavailable>;

    /// Where the reservations of these orders stand, as far as they have one.
    async fn standing_of(
        &self,
        orders: &BTreeSet<OrderId>,
    ) -> Result<BTreeMap<OrderId, ReservationStanding>, Unavailable>;

    /// A page of the reservations that hold their units, in the order of their orders.
    async fn held(
        &self,
        page: PageRequest<OrderId>,
    ) -> Result<Page<ReservationStanding, OrderId>, Unavailable>;
}

/// Where stock is compared with what it is made of: the ledger, and what is held.
#[async_trait]
pub trait StockChecks: Send + Sync {
    /// Stock items that do not agree with their ledger or with what is held, as of one moment, in the order of the products:
    /// at most `limit`. Also products of which units are held although they have no stock item.
    async fn drifted(&self, limit: u32) -> Result<Vec<StockDrift>, Unavailable>;
}
