//! Ordering on SQLite.

mod customer_table;
mod order_lists;
mod order_tables;
mod price_table;
mod schema;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use diesel::SqliteConnection;
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use message_bus::{CommitError, Unavailable};
use ordering_app::{OrdersWanted, PageRequest, VisibleTo};
use shared_kernel::{CustomerId, IdGenerator, OrderId, ProductId};
use storage::{
    WriteSet,
    sqlite::{RowError, SqliteContext, SqliteRows},
};

use crate::{
    OrderingAdapter, OrderingRows,
    customer_row::CustomerRow,
    price_row::PriceRow,
    store::{OrderingStore, WholeOrder},
};

/// The tables of ordering, on SQLite.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/ordering/sqlite");

impl OrderingAdapter {
    /// Ordering in an open SQLite file; `ids` names the events.
    pub fn on_sqlite(context: SqliteContext<OrderingRows>, ids: Arc<dyn IdGenerator>) -> Self {
        Self::new(Arc::new(context), ids)
    }
}

#[async_trait]
impl OrderingStore for SqliteContext<OrderingRows> {
    async fn order(&self, id: OrderId, visible_to: VisibleTo) -> Result<Option<WholeOrder>, Unavailable> {
        self.read(move |connection| order_tables::read(id, visible_to, connection))
            .await
    }

    async fn orders(
        &self,
        wanted: OrdersWanted,
        page: PageRequest,
        visible_to: VisibleTo,
    ) -> Result<Vec<WholeOrder>, Unavailable> {
        self.read(move |connection| order_lists::read(wanted, page, visible_to, connection))
            .await
    }

    async fn customer(&self, id: CustomerId) -> Result<Option<CustomerRow>, Unavailable> {
        self.read(move |connection| customer_table::read(id, connection))
            .await
    }

    async fn customer_and_prices(
        &self,
        id: CustomerId,
        products: &[ProductId],
    ) -> Result<(Option<CustomerRow>, Vec<PriceRow>), Unavailable> {
        let products = products.to_owned();
        self.read(move |connection| {
            let customer = customer_table::read(id, connection)?;
            Ok((customer, price_table::read(&products, connection)?))
        })
        .await
    }

    async fn price(&self, id: ProductId) -> Result<Option<PriceRow>, Unavailable> {
        self.read(move |connection| Ok(price_table::read(&[id], connection)?.pop()))
            .await
    }

    async fn commit(&self, write_set: WriteSet<OrderingRows>) -> Result<(), CommitError> {
        Self::commit(self, write_set).await
    }
}

impl SqliteRows for OrderingRows {
    fn write(&self, connection: &mut SqliteConnection) -> Result<(), RowError> {
        for order in &self.orders {
            order_tables::write(order, connection)?;
        }
        for customer in &self.customers {
            customer_table::write(customer, connection)?;
        }
        for price in &self.prices {
            price_table::write(price, connection)?;
        }
        Ok(())
    }
}
