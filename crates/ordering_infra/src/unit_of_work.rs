//! Collects what one command changes, and commits it as one write set.

use std::{collections::HashMap, sync::Arc};

use async_trait::async_trait;
use message_bus::{CommandMeta, CommitError, ReplayRecord, Unavailable};
use ordering_app::{
    CustomerRepository, OrderRepository, OrderingUnitOfWork, PriceListRepository, VisibleTo,
    event_record::{customer_events, order_events},
};
use ordering_domain::{Customer, Order, PriceListEntry};
use shared_kernel::{AggregateRoot, CustomerId, IdGenerator, OrderId, ProductId, Version};
use storage::WriteSet;

use crate::{
    OrderingRows,
    changes::{CustomerChange, OrderChange},
    customer_row::CustomerRow,
    order_rows::OrderLineRow,
    store::OrderingStore,
};

/// The context's name, which its events carry.
const SOURCE: &str = "ordering";

/// One command's changes.
pub(crate) struct UnitOfWork {
    store: Arc<dyn OrderingStore>,
    ids: Arc<dyn IdGenerator>,
    meta: CommandMeta,
    /// The lines of each order as they were read, so that only what is different is written.
    loaded: HashMap<OrderId, Vec<OrderLineRow>>,
    orders: Vec<Order>,
    customers: Vec<Customer>,
    prices: Vec<PriceListEntry>,
}

impl UnitOfWork {
    pub(crate) fn new(store: Arc<dyn OrderingStore>, ids: Arc<dyn IdGenerator>, meta: CommandMeta) -> Self {
        Self {
            store,
            ids,
            meta,
            loaded: HashMap::new(),
            orders: Vec::new(),
            customers: Vec::new(),
            prices: Vec::new(),
        }
    }

    /// The lines that an order had in the database when this unit of work loaded it. Nothing else says which of
    /// its rows are to go.
    fn loaded_lines(&self, order: &Order) -> Result<&[OrderLineRow], Unavailable> {
        match self.loaded.get(&order.id()) {
            Some(lines) => Ok(lines),
            None if order.changes().loaded_version() == Version::NEVER_STORED => Ok(&[]),
            None => Err(Unavailable::defect(
                "found an order that another unit of work loaded, expected one of this",
            )),
        }
    }
}

#[async_trait]
impl OrderingUnitOfWork for UnitOfWork {
    fn orders(&mut self) -> &mut dyn OrderRepository {
        self
    }

    fn customers(&mut self) -> &mut dyn CustomerRepository {
        self
    }

    fn price_list(&mut self) -> &mut dyn PriceListRepository {
        self
    }

    async fn customer_and_prices(
        &mut self,
        customer_id: CustomerId,
        product_ids: &[ProductId],
    ) -> Result<(Option<Customer>, Vec<PriceListEntry>), Unavailable> {
        let (customer, prices) = self.store.customer_and_prices(customer_id, product_ids).await?;
        let prices = prices.into_iter().map(PriceListEntry::try_from);
        let prices = prices.collect::<Result<_, _>>().map_err(Unavailable::defect)?;
        Ok((customer.map(customer_of).transpose()?, prices))
    }

    async fn commit(self: Box<Self>, replay: Option<ReplayRecord>) -> Result<(), CommitError> {
        let mut rows = OrderingRows::default();
        let mut events = Vec::new();
        for order in self.orders.iter().filter(|order| !order.changes().is_empty()) {
            rows.orders
                .push(OrderChange::of(order, self.loaded_lines(order)?)?);
            events.extend(order_events(order)?);
        }
        for customer in self
            .customers
            .iter()
            .filter(|customer| !customer.changes().is_empty())
        {
            rows.customers.push(CustomerChange::of(customer));
            events.extend(customer_events(customer));
        }
        rows.prices = self.prices.iter().map(Into::into).collect();
        let write_set = WriteSet::new(rows, events, replay, SOURCE, &self.meta, self.ids.as_ref());
        self.store.commit(write_set).await
    }
}

#[async_trait]
impl OrderRepository for UnitOfWork {
    async fn get(&mut self, id: OrderId, visible_to: VisibleTo) -> Result<Option<Order>, Unavailable> {
        let Some((order, lines)) = self.store.order(id, visible_to).await? else {
            return Ok(None);
        };
        self.loaded.insert(id, lines.clone());
        let (record, version) = order.into_record(lines).map_err(Unavailable::defect)?;
        Ok(Some(Order::rehydrate(record, version)))
    }

    fn save(&mut self, order: Order) {
        self.orders.push(order);
    }
}

#[async_trait]
impl CustomerRepository for UnitOfWork {
    async fn get(&mut self, id: CustomerId) -> Result<Option<Customer>, Unavailable> {
        self.store.customer(id).await?.map(customer_of).transpose()
    }

    fn save(&mut self, customer: Customer) {
        self.customers.push(customer);
    }
}

#[async_trait]
impl PriceListRepository for UnitOfWork {
    async fn get(&mut self, product_id: ProductId) -> Result<Option<PriceListEntry>, Unavailable> {
        let row = self.store.price(product_id).await?;
        row.map(PriceListEntry::try_from)
            .transpose()
            .map_err(Unavailable::defect)
    }

    fn put(&mut self, entry: PriceListEntry) {
        self.prices.push(entry);
    }
}

fn customer_of(row: CustomerRow) -> Result<Customer, Unavailable> {
    let (record, version) = row.into_record().map_err(Unavailable::defect)?;
    Ok(Customer::rehydrate(record, version))
}
