//! Ordering on PostgreSQL.

mod customer_table;
mod order_lists;
mod order_tables;
mod price_table;
mod whole_orders;

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use futures_util::future::{try_join, try_join_all};
use message_bus::{CommandLog, CommitError, Recorded, Replay, Unavailable, WriteSet};
use ordering_app::{
    OrderPosition, OrderingStore, OrdersWanted, VisibleTo,
    store::{OrderingChanges, StoredCustomer, StoredOrder},
};
use ordering_domain::PriceListEntry;
use shared_kernel::{CustomerId, OrderId, PageRequest, ProductId};
use storage::postgres::{LookUps, PostgresContext, PostgresRows};
use uuid::Uuid;

use crate::{OrderingRows, customer_row::CustomerRow, order_rows::WholeOrder, price_row::PriceRow};

/// The tables of ordering, on PostgreSQL.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/ordering/postgres");

/// Ordering in an open PostgreSQL schema, and the look-ups that share statements.
pub struct PostgresOrdering {
    context: PostgresContext<OrderingRows>,
    orders: LookUps<OrderId, WholeOrder>,
    own_orders: LookUps<(OrderId, CustomerId), WholeOrder>,
    customers: LookUps<CustomerId, CustomerRow>,
    prices: LookUps<ProductId, PriceRow>,
}

impl PostgresOrdering {
    /// Ordering in this schema. Needs a runtime, as opening the schema did.
    pub fn new(context: PostgresContext<OrderingRows>) -> Self {
        Self {
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
        }
    }
}

#[async_trait]
impl CommandLog for PostgresOrdering {
    async fn recorded(&self, replay: &Replay) -> Result<Recorded, Unavailable> {
        self.context.recorded(replay).await
    }
}

/// Rows are mapped after the look-up: one that cannot be read fails only the callers that asked for it.
#[async_trait]
impl OrderingStore for PostgresOrdering {
    async fn order(&self, id: OrderId, visible_to: VisibleTo) -> Result<Option<StoredOrder>, Unavailable> {
        let order = match visible_to {
            VisibleTo::Everyone => self.orders.find(id).await,
            VisibleTo::Customer(customer_id) => self.own_orders.find((id, customer_id)).await,
        };
        Ok(order?.map(StoredOrder::try_from).transpose()?)
    }

    async fn orders(
        &self,
        wanted: OrdersWanted,
        page: PageRequest<OrderPosition>,
        visible_to: VisibleTo,
    ) -> Result<Vec<StoredOrder>, Unavailable> {
        let orders = self
            .context
            .read(|connection| async move { order_lists::read(wanted, page, visible_to, &connection).await })
            .await?;
        let orders = orders.into_iter().map(StoredOrder::try_from);
        Ok(orders.collect::<Result<_, _>>()?)
    }

    async fn customer(&self, id: CustomerId) -> Result<Option<StoredCustomer>, Unavailable> {
        let customer = self.customers.find(id).await?;
        Ok(customer.map(StoredCustomer::try_from).transpose()?)
    }

    /// Both queries run at once.
    async fn customer_and_prices(
        &self,
        id: CustomerId,
        product_ids: &[ProductId],
    ) -> Result<(Option<StoredCustomer>, Vec<PriceListEntry>), Unavailable> {
        let prices = product_ids.iter().map(|id| self.prices.find(*id));
        let (customer, prices) = try_join(self.customers.find(id), try_join_all(prices)).await?;
        let customer = customer.map(StoredCustomer::try_from).transpose()?;
        let prices = prices.into_iter().flatten().map(PriceListEntry::try_from);
        Ok((customer, prices.collect::<Result<_, _>>()?))
    }

    async fn price(&self, product_id: ProductId) -> Result<Option<PriceListEntry>, Unavailable> {
        let entry = self.prices.find(product_id).await?;
        Ok(entry.map(PriceListEntry::try_from).transpose()?)
    }

    async fn commit(&self, write_set: WriteSet<OrderingChanges>) -> Result<(), CommitError> {
        let rows = write_set.try_map(OrderingRows::of)?;
        self.context.commit(rows).await
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
