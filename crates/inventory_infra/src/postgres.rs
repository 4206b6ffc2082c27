//! Inventory on PostgreSQL.

mod reservation_tables;
mod stock_tables;

#[cfg(test)]
mod tests;

use std::{collections::BTreeSet, sync::Arc};

use async_trait::async_trait;
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use inventory_app::{
    InventoryStore, LedgerEntryView, ReservationStatus, StockDrift,
    store::{InventoryChanges, StoredReservation, StoredStockItem},
};
use message_bus::{CommandLog, CommitError, Recorded, Replay, Unavailable, WriteSet};
use shared_kernel::{OrderId, PageRequest, ProductId, ReservationId, Version};
use storage::{
    ReadError,
    columns::RowId,
    postgres::{PostgresContext, PostgresRows, SharedConnection},
};
use uuid::Uuid;

use crate::{
    InventoryRows, lists,
    reservation_rows::ReservationRow,
    stock_rows::{DriftRow, LedgerRow, StockRow},
};

/// The tables of inventory, on PostgreSQL.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/inventory/postgres");

/// Inventory in an open PostgreSQL schema. Clones share it.
#[derive(Clone)]
pub struct PostgresInventory {
    context: PostgresContext<InventoryRows>,
}

impl PostgresInventory {
    /// Inventory in this schema.
    pub const fn new(context: PostgresContext<InventoryRows>) -> Self {
        Self { context }
    }
}

#[async_trait]
impl CommandLog for PostgresInventory {
    async fn recorded(&self, replay: &Replay) -> Result<Recorded, Unavailable> {
        self.context.recorded(replay).await
    }
}

impl PostgresInventory {
    /// Runs a query, and maps its rows.
    async fn read<Row, T, F, Fut>(&self, query: F) -> Result<Vec<T>, Unavailable>
    where
        T: TryFrom<Row, Error = ReadError>,
        F: FnOnce(Arc<SharedConnection>) -> Fut + Send,
        Fut: Future<Output = Result<Vec<Row>, ReadError>> + Send,
    {
        let rows = self.context.read(query).await?.into_iter();
        Ok(rows.map(T::try_from).collect::<Result<_, _>>()?)
    }
}

#[async_trait]
impl InventoryStore for PostgresInventory {
    async fn stock_items(&self, products: &BTreeSet<ProductId>) -> Result<Vec<StoredStockItem>, Unavailable> {
        let products = products.iter().map(|id| RowId(id.uuid())).collect();
        self.read(|connection| async move { stock_tables::items_of(products, &connection).await })
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
        let orders = ids_of(orders);
        self.read(|connection| async move {
            let reservations = reservation_tables::of_orders(orders, &connection).await?;
            reservation_tables::with_lines(reservations, &connection).await
        })
        .await
    }

    async fn status_of(&self, orders: &BTreeSet<OrderId>) -> Result<Vec<ReservationStatus>, Unavailable> {
        let orders = ids_of(orders);
        self.read(|connection| async move { reservation_tables::of_orders(orders, &connection).await })
            .await
    }

    async fn reservations(
        &self,
        order_id: Option<OrderId>,
        page: PageRequest<ReservationId>,
    ) -> Result<Vec<StoredReservation>, Unavailable> {
        self.read(|connection| async move {
            let reservations = reservation_tables::newest(order_id, page, &connection).await?;
            reservation_tables::with_lines(reservations, &connection).await
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
