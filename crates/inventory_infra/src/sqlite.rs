//! Inventory on SQLite.

mod reservation_tables;
mod stock_tables;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use async_trait::async_trait;
use diesel::SqliteConnection;
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use inventory_app::{
    InventoryStore, LedgerEntryView, ReservationStatus, StockDrift,
    store::{InventoryChanges, StoredReservation, StoredStockItem},
};
use message_bus::{CommandLog, CommitError, Recorded, Replay, Unavailable, WriteSet};
use shared_kernel::{OrderId, PageRequest, ProductId, ReservationId, Version};
use storage::{
    ReadError,
    sqlite::{RowError, SqliteContext, SqliteRows},
};

use crate::{
    InventoryRows, lists,
    reservation_rows::ReservationRow,
    stock_rows::{DriftRow, LedgerRow, StockRow},
};

/// The tables of inventory, on SQLite.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/inventory/sqlite");

/// Inventory in an open SQLite file. Clones share it.
#[derive(Clone)]
pub struct SqliteInventory {
    context: SqliteContext<InventoryRows>,
}

impl SqliteInventory {
    /// Inventory in this file.
    pub const fn new(context: SqliteContext<InventoryRows>) -> Self {
        Self { context }
    }
}

#[async_trait]
impl CommandLog for SqliteInventory {
    async fn recorded(&self, replay: &Replay) -> Result<Recorded, Unavailable> {
        self.context.recorded(replay).await
    }
}

impl SqliteInventory {
    /// Runs a query, and maps its rows.
    async fn read<Row, T>(
        &self,
        query: impl FnOnce(&mut SqliteConnection) -> Result<Vec<Row>, ReadError> + Send + 'static,
    ) -> Result<Vec<T>, Unavailable>
    where
        Row: Send + 'static,
        T: TryFrom<Row, Error = ReadError>,
    {
        let rows = self.context.read(query).await?.into_iter();
        Ok(rows.map(T::try_from).collect::<Result<_, _>>()?)
    }
}

#[async_trait]
impl InventoryStore for SqliteInventory {
    async fn stock_items(&self, products: &BTreeSet<ProductId>) -> Result<Vec<StoredStockItem>, Unavailable> {
        let products = products.clone();
        self.read(move |connection| stock_tables::items_of(&products, connection))
            .await
    }

    async fn stock(&self, page: PageRequest<ProductId>) -> Result<Vec<StoredStockItem>, Unavailable> {
        self.context.rows::<StockRow, _>(lists::stock(page)).await
    }

    async fn ledger(
        &self,
        product_id: ProductId,
        page: PageRequest<Version>,
    ) -> Result<Vec<LedgerEntryView>, Unavailable> {
        self.context
            .rows::<LedgerRow, _>(lists::ledger(product_id, page))
            .await
    }

    async fn reservations_of(
        &self,
        orders: &BTreeSet<OrderId>,
    ) -> Result<Vec<StoredReservation>, Unavailable> {
        let orders = orders.clone();
        self.read(move |connection| {
            let reservations = reservation_tables::of_orders(&orders, connection)?;
            reservation_tables::with_lines(reservations, connection)
        })
        .await
    }

    async fn status_of(&self, orders: &BTreeSet<OrderId>) -> Result<Vec<ReservationStatus>, Unavailable> {
        let orders = orders.clone();
        self.read(move |connection| reservation_tables::of_orders(&orders, connection))
            .await
    }

    async fn reservations(
        &self,
        order_id: Option<OrderId>,
        page: PageRequest<ReservationId>,
    ) -> Result<Vec<StoredReservation>, Unavailable> {
        self.read(move |connection| {
            let reservations = reservation_tables::newest(order_id, page, connection)?;
            reservation_tables::with_lines(reservations, connection)
        })
        .await
    }

    async fn held(&self, page: PageRequest<OrderId>) -> Result<Vec<ReservationStatus>, Unavailable> {
        self.context.rows::<ReservationRow, _>(lists::held(page)).await
    }

    async fn drifted(&self, limit: u32) -> Result<Vec<StockDrift>, Unavailable> {
        self.context.rows::<DriftRow, _>(lists::drifted(limit)).await
    }

    async fn commit(&self, write_set: WriteSet<InventoryChanges>) -> Result<(), CommitError> {
        let rows = write_set.map(|changes| InventoryRows::of(&changes));
        self.context.commit(rows).await
    }
}

impl SqliteRows for InventoryRows {
    fn write(&self, connection: &mut SqliteConnection) -> Result<(), RowError> {
        for change in &self.stock {
            stock_tables::write(change, connection)?;
        }
        for change in &self.reservations {
            reservation_tables::write(change, connection)?;
        }
        Ok(())
    }
}
