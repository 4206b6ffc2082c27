//! Collects what one command changes, and commits it once.

use async_trait::async_trait;
use message_bus::{CommandMeta, CommitError, ReplayRecord, Unavailable};
use ordering_domain::{Customer, Order};
use shared_kernel::{CustomerId, OrderId};

use super::InMemoryOrdering;
use crate::{CustomerRepository, OrderRepository, OrderingUnitOfWork, VisibleTo};

pub(super) struct InMemoryUnitOfWork {
    store: InMemoryOrdering,
    meta: CommandMeta,
    orders: Vec<Order>,
    customers: Vec<Customer>,
}

impl InMemoryUnitOfWork {
    pub(super) const fn new(store: InMemoryOrdering, meta: CommandMeta) -> Self {
        Self {
            store,
            meta,
            orders: Vec::new(),
            customers: Vec::new(),
        }
    }
}

#[async_trait]
impl OrderingUnitOfWork for InMemoryUnitOfWork {
    fn orders(&mut self) -> &mut dyn OrderRepository {
        self
    }

    fn customers(&mut self) -> &mut dyn CustomerRepository {
        self
    }

    async fn commit(self: Box<Self>, replay: Option<ReplayRecord>) -> Result<(), CommitError> {
        self.store
            .commit(&self.orders, &self.customers, replay, &self.meta)
    }
}

#[async_trait]
impl OrderRepository for InMemoryUnitOfWork {
    async fn get(&mut self, id: OrderId, visible_to: VisibleTo) -> Result<Option<Order>, Unavailable> {
        let state = self.store.state();
        let stored = state.orders.get(&id).cloned();
        Ok(stored
            .filter(|(record, _)| visible_to.includes(record.customer_id))
            .map(|(record, version)| Order::rehydrate(record, version)))
    }

    fn save(&mut self, order: Order) {
        self.orders.push(order);
    }
}

#[async_trait]
impl CustomerRepository for InMemoryUnitOfWork {
    async fn get(&mut self, id: CustomerId) -> Result<Option<Customer>, Unavailable> {
        let stored = self.store.state().customers.get(&id).cloned();
        Ok(stored.map(|(record, version)| Customer::rehydrate(record, version)))
    }

    fn save(&mut self, customer: Customer) {
        self.customers.push(customer);
    }
}
