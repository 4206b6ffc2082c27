//! Ordering on PostgreSQL.

mod customer_table;
mod order_lists;
mod order_tables;
mod price_table;
mod schema;
mod whole_orders;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use async_trait::async_trait;
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use futures_util::future::{try_join, try_join_all};
use message_bus::{CommandLog, CommitError, Recorded, Replay, Unavailable};
use ordering_app::{OrdersWanted, PageRequest, VisibleTo};
use shared_kernel::{CustomerId, IdGenerator, OrderId, ProductId};
use storage::{
    WriteSet,
    postgres::{LookUps, PostgresContext, PostgresRows},
};
use uuid::Uuid;

use crate::{
    OrderingAdapter, OrderingRows,
    customer_row::CustomerRow,
    price_row::PriceRow,
    store::{OrderingStore, WholeOrder},
};

/// The tables of ordering, on PostgreSQL.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/ordering/postgres");

/// Ordering's schema, and the look-ups that share statements.
struct PostgresOrdering {
    context: PostgresContext<OrderingRows>,
    orders: LookUps<OrderId, WholeOrder>,
    own_orders: LookUps<(OrderId, CustomerId), WholeOrder>,
    customers: LookUps<CustomerId, CustomerRow>,
    prices: LookUps<ProductId, PriceRow>,
}

impl OrderingAdapter {
    /// Ordering in an open PostgreSQL schema; `ids` names the events. Needs a runtime, as opening the schema did.
    pub fn on_postgres(context: PostgresContext<OrderingRows>, ids: Arc<dyn IdGenerator>) -> Self {
        let store = PostgresOrdering {
            orders: LookUps::start(&context, |keys, connection| async move {
                order_tables::read(&keys, &connection).await
            }),
            own_orders: LookUps::start(&context, |keys, connection| async move {
                order_tables::read_own(&keys, &connection).await
            }),
            customers: LookUps::start(&context, |keys, connection| async move {
                customer_table::read(&keys, &connection).await
            }),
            prices: LookUps::start(&context, |keys, connection| async move {
                price_table::read(&keys, &connection).await
            }),
            context,
        };
        Self::new(Arc::new(store), ids)
    }
}

#[async_trait]
impl CommandLog for PostgresOrdering {
    async fn recorded(&self, replay: &Replay) -> Result<Recorded, Unavailable> {
        self.context.recorded(replay).await
    }
}

#[async_trait]
impl OrderingStore for PostgresOrdering {
    async fn order(&self, id: OrderId, visible_to: VisibleTo) -> Result<Option<WholeOrder>, Unavailable> {
        match visible_to {
            VisibleTo::Everyone => self.orders.find(id).await,
            VisibleTo::Customer(customer_id) => self.own_orders.find((id, customer_id)).await,
        }
    }

    async fn orders(
        &self,
        wanted: OrdersWanted,
        page: PageRequest,
        visible_to: VisibleTo,
    ) -> Result<Vec<WholeOrder>, Unavailable> {
        self.context
            .read(|connection| async move { order_lists::read(wanted, page, visible_to, &connection).await })
            .await
    }

    async fn customer(&self, id: CustomerId) -> Result<Option<CustomerRow>, Unavailable> {
        self.customers.find(id).await
    }

    /// Both are asked at once.
    async fn customer_and_prices(
        &self,
        id: CustomerId,
        products: &[ProductId],
    ) -> Result<(Option<CustomerRow>, Vec<PriceRow>), Unavailable> {
        let prices = products.iter().map(|id| self.prices.find(*id));
        let (customer, prices) = try_join(self.customers.find(id), try_join_all(prices)).await?;
        Ok((customer, prices.into_iter().flatten().collect()))
    }

    async fn price(&self, id: ProductId) -> Result<Option<PriceRow>, Unavailable> {
        self.prices.find(id).await
    }

    async fn commit(&self, write_set: WriteSet<OrderingRows>) -> Result<(), CommitError> {
        self.context.commit(write_set).await
    }
}

impl PostgresRows for OrderingRows {
    fn aggregates(&self) -> Vec<Uuid> {
        let orders = self.orders.iter().map(|change| change.row.id.0);
        let customers = self.customers.iter().map(|change| change.row.id.0);
        let products = self.prices.iter().map(|row| row.product_id.0);
        orders.chain(customers).chain(products).collect()
    }

    async fn write(batch: &[&Self], connection: &AsyncPgConnection) -> QueryResult<Vec<usize>> {
        let places = || batch.iter().enumerate();
        let orders = places().flat_map(|(place, rows)| rows.orders.iter().map(move |change| (place, change)));
        let stale = order_tables::write(orders.collect(), connection).await?;
        if !stale.is_empty() {
            return Ok(stale);
        }
        let customers =
            places().flat_map(|(place, rows)| rows.customers.iter().map(move |change| (place, change)));
        let stale = customer_table::write(customers.collect(), connection).await?;
        if stale.is_empty() {
            let prices: Vec<_> = batch.iter().flat_map(|rows| &rows.prices).collect();
            price_table::write(&prices, connection).await?;
        }
        Ok(stale)
    }
}
