//! Inventory on PostgreSQL.

mod reservation_tables;
mod schema;
mod stock_tables;

#[cfg(test)]
mod tests;

use std::{collections::BTreeSet, sync::Arc};

use async_trait::async_trait;
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use diesel_migrations::{EmbeddedMigrations, embed_migrations};

use message_bus::{CommitError, Unavailable, WriteSet};
use shared_kernel::{IdGenerator, OrderId, PageRequest, ProductId, ReservationId, Version};
use storage::{
    columns::RowId,
    postgres::{PostgresContext, PostgresRows},
};
use uuid::Uuid;

use crate::{
    InventoryAdapter, InventoryRows,
    reservation_rows::ReservationRow,
    stock_rows::{DriftRow, LedgerRow, StockRow},
    store::{InventoryStore, WholeReservation},
};

/// The tables of inventory, on PostgreSQL.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/inventory/postgres");

impl InventoryAdapter {
    /// Inventory in an open PostgreSQL schema; `ids` names the events.
    pub fn on_postgres(context: PostgresContext<InventoryRows>, ids: Arc<dyn IdGenerator>) -> Self {
        Self::new(Arc::new(context), ids)
    }
}

#[async_trait]
impl InventoryStore for PostgresContext<InventoryRows> {
    async fn stock_items(&self, products: &BTreeSet<ProductId>) -> Result<Vec<StockRow>, Unavailable> {
        let products: Vec<RowId> = products.iter().map(|id| RowId(id.uuid())).collect();
        self.read(|connection| async move { stock_tables::items_of(products, &connection).await })
            .await
    }

    async fn stock(&self, page: PageRequest<ProductId>) -> Result<Vec<StockRow>, Unavailable> {
        self.read(|connection| async move { stock_tables::items_on(page, &connection).await })
            .await
    }

    async fn ledger(
        &self,
        product_id: ProductId,
        page: PageRequest<Version>,
    ) -> Result<Vec<LedgerRow>, Unavailable> {
        self.read(|connection| async move { stock_tables::ledger(product_id, page, &connection).await })
            .await
    }

    async fn reservations_of(
        &self,
        orders: &BTreeSet<OrderId>,
    ) -> Result<Vec<WholeReservation>, Unavailable> {
        let orders = ids_of(orders);
        self.read(|connection| async move {
            let reservations = reservation_tables::of_orders(orders, &connection).await?;
            reservation_tables::with_lines(reservations, &connection).await
        })
        .await
    }

    async fn standing_of(&self, orders: &BTreeSet<OrderId>) -> Result<Vec<ReservationRow>, Unavailable> {
        let orders = ids_of(orders);
        self.read(|connection| async move { reservation_tables::of_orders(orders, &connection).await })
            .await
    }

    async fn reservations(
        &self,
        order_id: Option<OrderId>,
        page: PageRequest<ReservationId>,
    ) -> Result<Vec<WholeReservation>, Unavailable> {
        self.read(|connection| async move {
            let reservations = reservation_tables::newest(order_id, page, &connection).await?;
            reservation_tables::with_lines(reservations, &connection).await
        })
        .await
    }

    async fn held(&self, page: PageRequest<OrderId>) -> Result<Vec<ReservationRow>, Unavailable> {
        self.read(|connection| async move { reservation_tables::held(page, &connection).await })
            .await
    }

    async fn drifted(&self, limit: u32) -> Result<Vec<DriftRow>, Unavailable> {
        self.read(|connection| async move { stock_tables::drifted(limit, &connection).await })
            .await
    }

    async fn commit(&self, write_set: WriteSet<InventoryRows>) -> Result<(), CommitError> {
        Self::commit(self, write_set).await
    }
}

fn ids_of(orders: &BTreeSet<OrderId>) -> Vec<RowId> {
    orders.iter().map(|id| RowId(id.uuid())).collect()
}

impl PostgresRows for InventoryRows {
    fn aggregates(&self) -> Vec<Uuid> {
        let stock = self.stock.iter().map(|change| change.row.product_id.0);
        let reservations = self.reservations.iter().map(|change| change.row.id.0);
        stock.chain(reservations).collect()
    }

    async fn write(batch: &[&Self], connection: &AsyncPgConnection) -> QueryResult<Vec<usize>> {
        let places = || batch.iter().enumerate();
        let stock = places().flat_map(|(place, rows)| rows.stock.iter().map(move |change| (place, change)));
        let stale = stock_tables::write(stock.collect(), connection).await?;
        if !stale.is_empty() {
            return Ok(stale);
        }
        let reservations =
            places().flat_map(|(place, rows)| rows.reservations.iter().map(move |change| (place, change)));
        reservation_tables::write(reservations.collect(), connection).await
    }
}
