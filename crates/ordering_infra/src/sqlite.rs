//! Ordering on SQLite.

mod customer_table;
mod order_lists;
mod order_tables;
mod price_table;

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use diesel::SqliteConnection;
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use message_bus::{CommandLog, CommitError, Recorded, Replay, Unavailable, WriteSet};
use ordering_app::{
    OrderPosition, OrderingStore, OrdersWanted, VisibleTo,
    store::{OrderingChanges, StoredCustomer, StoredOrder},
};
use ordering_domain::PriceListEntry;
use shared_kernel::{CustomerId, OrderId, PageRequest, ProductId};
use storage::{
    ReadError,
    sqlite::{RowError, SqliteContext, SqliteRows},
};

use crate::OrderingRows;

/// The tables of ordering, on SQLite.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/ordering/sqlite");

/// Ordering in an open SQLite file. Clones share it.
#[derive(Clone)]
pub struct SqliteOrdering {
    context: SqliteContext<OrderingRows>,
}

impl SqliteOrdering {
    /// Ordering in this file.
    pub const fn new(context: SqliteContext<OrderingRows>) -> Self {
        Self { context }
    }
}

#[async_trait]
impl CommandLog for SqliteOrdering {
    async fn recorded(&self, replay: &Replay) -> Result<Recorded, Unavailable> {
        self.context.recorded(replay).await
    }
}

#[async_trait]
impl OrderingStore for SqliteOrdering {
    async fn order(&self, id: OrderId, visible_to: VisibleTo) -> Result<Option<StoredOrder>, Unavailable> {
        let order = self
            .context
            .read(move |connection| order_tables::read(id, visible_to, connection))
            .await?;
        Ok(order.map(StoredOrder::try_from).transpose()?)
    }

    async fn orders(
        &self,
        wanted: OrdersWanted,
        page: PageRequest<OrderPosition>,
        visible_to: VisibleTo,
    ) -> Result<Vec<StoredOrder>, Unavailable> {
        let orders = self
            .context
            .read(move |connection| order_lists::read(wanted, page, visible_to, connection))
            .await?;
        let orders = orders.into_iter().map(StoredOrder::try_from);
        Ok(orders.collect::<Result<_, _>>()?)
    }

    async fn customer(&self, id: CustomerId) -> Result<Option<StoredCustomer>, Unavailable> {
        self.context
            .read(move |connection| {
                let customer = customer_table::read(id, connection)?;
                customer.map(StoredCustomer::try_from).transpose()
            })
            .await
    }

    async fn customer_and_prices(
        &self,
        id: CustomerId,
        product_ids: &[ProductId],
    ) -> Result<(Option<StoredCustomer>, Vec<PriceListEntry>), Unavailable> {
        let product_ids = product_ids.to_owned();
        self.context
            .read(move |connection| {
                let customer = customer_table::read(id, connection)?;
                let customer = customer.map(StoredCustomer::try_from).transpose()?;
                Ok((customer, price_list(&product_ids, connection)?))
            })
            .await
    }

    async fn price(&self, product_id: ProductId) -> Result<Option<PriceListEntry>, Unavailable> {
        self.context
            .read(move |connection| Ok(price_list(&[product_id], connection)?.pop()))
            .await
    }

    async fn commit(&self, write_set: WriteSet<OrderingChanges>) -> Result<(), CommitError> {
        let rows = write_set.try_map(OrderingRows::of)?;
        self.context.commit(rows).await
    }
}

fn price_list(
    product_ids: &[ProductId],
    connection: &mut SqliteConnection,
) -> Result<Vec<PriceListEntry>, ReadError> {
    let rows = price_table::read(product_ids, connection)?;
    rows.into_iter().map(PriceListEntry::try_from).collect()
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
