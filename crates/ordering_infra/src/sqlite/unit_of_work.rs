//! Collects what one command changes, and commits it as one write set.

use std::collections::HashMap;

use async_trait::async_trait;
use message_bus::{CommandMeta, CommitError, ReplayRecord, Unavailable};
use ordering_app::{
    CustomerRepository, OrderRepository, OrderingUnitOfWork, VisibleTo,
    event_record::{customer_events, order_events},
};
use ordering_domain::{Customer, Order};
use shared_kernel::{AggregateRoot, CustomerId, OrderId, Version};
use storage::{ReadError, WriteSet};

use super::{SqliteOrdering, customer_table, order_tables};
use crate::{
    OrderingRows,
    changes::{CustomerChange, OrderChange},
    order_rows::OrderLineRow,
};

/// The context's name, which its events carry.
const SOURCE: &str = "ordering";

/// One command's changes.
pub(super) struct SqliteUnitOfWork {
    store: SqliteOrdering,
    meta: CommandMeta,
    /// The lines of each order as they were read, so that only what is different is written.
    loaded: HashMap<OrderId, Vec<OrderLineRow>>,
    orders: Vec<Order>,
    customers: Vec<Customer>,
}

impl SqliteUnitOfWork {
    pub(super) fn new(store: SqliteOrdering, meta: CommandMeta) -> Self {
        Self {
            store,
            meta,
            loaded: HashMap::new(),
            orders: Vec::new(),
            customers: Vec::new(),
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
impl OrderingUnitOfWork for SqliteUnitOfWork {
    fn orders(&mut self) -> &mut dyn OrderRepository {
        self
    }

    fn customers(&mut self) -> &mut dyn CustomerRepository {
        self
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
        let write_set = WriteSet::new(rows, events, replay, SOURCE, &self.meta, self.store.ids.as_ref());
        self.store.context.commit(write_set).await
    }
}

#[async_trait]
impl OrderRepository for SqliteUnitOfWork {
    async fn get(&mut self, id: OrderId, visible_to: VisibleTo) -> Result<Option<Order>, Unavailable> {
        let read = self
            .store
            .context
            .read(move |connection| order_tables::read(id, visible_to, connection))
            .await?;
        let Some((order, lines)) = read else {
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
impl CustomerRepository for SqliteUnitOfWork {
    async fn get(&mut self, id: CustomerId) -> Result<Option<Customer>, Unavailable> {
        let read = self
            .store
            .context
            .read(move |connection| {
                let row = customer_table::read(id, connection)?;
                row.map(|row| row.into_record().map_err(ReadError::corrupt))
                    .transpose()
            })
            .await?;
        Ok(read.map(|(record, version)| Customer::rehydrate(record, version)))
    }

    fn save(&mut self, customer: Customer) {
        self.customers.push(customer);
    }
}
