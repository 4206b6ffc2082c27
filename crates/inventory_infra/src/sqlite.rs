//! Inventory on SQLite.

mod reservation_tables;
mod schema;
mod stock_tables;

#[cfg(test)]
mod tests;

use std::{collections::BTreeSet, sync::Arc};

use async_trait::async_trait;
use diesel::SqliteConnection;
use diesel_migrations::{EmbeddedMigrations, embed_migrations};

use message_bus::{CommitError, Unavailable, WriteSet};
use shared_kernel::{IdGenerator, OrderId, PageRequest, ProductId, ReservationId, Version};
use storage::sqlite::{RowError, SqliteContext, SqliteRows};

use crate::{
    InventoryAdapter, InventoryRows,
    reservation_rows::ReservationRow,
    stock_rows::{DriftRow, LedgerRow, StockRow},
    store::{InventoryStore, WholeReservation},
};

/// The tables of inventory, on SQLite.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/inventory/sqlite");

impl InventoryAdapter {
    /// Inventory in an open SQLite file; `ids` names the events.
    pub fn on_sqlite(context: SqliteContext<InventoryRows>, ids: Arc<dyn IdGenerator>) -> Self {
        Self::new(Arc::new(context), ids)
    }
}

#[async_trait]
impl InventoryStore for SqliteContext<InventoryRows> {
    async fn stock_items(&self, products: &BTreeSet<ProductId>) -> Result<Vec<StockRow>, Unavailable> {
        let products = products.clone();
        self.read(move |connection| stock_tables::items_of(&products, connection))
            .await
    }

    async fn stock(&self, page: PageRequest<ProductId>) -> Result<Vec<StockRow>, Unavailable> {
        self.read(move |connection| stock_tables::items_on(page, connection))
            .await
    }

    async fn ledger(
        &self,
        product_id: ProductId,
        page: PageRequest<Version>,
    ) -> Result<Vec<LedgerRow>, Unavailable> {
        self.read(move |connection| stock_tables::ledger(product_id, page, connection))
            .await
    }

    async fn reservations_of(
        &self,
        orders: &BTreeSet<OrderId>,
    ) -> Result<Vec<WholeReservation>, Unavailable> {
        let orders = orders.clone();
        self.read(move |connection| {
            let reservations = reservation_tables::of_orders(&orders, connection)?;
            reservation_tables::with_lines(reservations, connection)
        })
        .await
    }

    async fn standing_of(&self, orders: &BTreeSet<OrderId>) -> Result<Vec<ReservationRow>, Unavailable> {
        let orders = orders.clone();
        self.read(move |connection| reservation_tables::of_orders(&orders, connection))
            .await
    }

    async fn reservations(
        &self,
        order_id: Option<OrderId>,
        page: PageRequest<ReservationId>,
    ) -> Result<Vec<WholeReservation>, Unavailable> {
        self.read(move |connection| {
            let reservations = reservation_tables::newest(order_id, page, connection)?;
            reservation_tables::with_lines(reservations, connection)
        })
        .await
    }

    async fn held(&self, page: PageRequest<OrderId>) -> Result<Vec<ReservationRow>, Unavailable> {
        self.read(move |connection| reservation_tables::held(page, connection))
            .await
    }

    async fn drifted(&self, limit: u32) -> Result<Vec<DriftRow>, Unavailable> {
        self.read(move |connection| stock_tables::drifted(limit, connection))
            .await
    }

    async fn commit(&self, write_set: WriteSet<InventoryRows>) -> Result<(), CommitError> {
        Self::commit(self, write_set).await
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
