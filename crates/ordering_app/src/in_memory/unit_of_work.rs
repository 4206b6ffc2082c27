//! Collects what one command changes, and commits it once.

use async_trait::async_trait;
use message_bus::{CommandMeta, CommitError, ReplayRecord, Unavailable};
use ordering_domain::{Customer, Order, PriceListEntry};
use shared_kernel::{CustomerId, OrderId, ProductId};

use super::{InMemoryOrdering, ordering_store::Changed};
use crate::{CustomerRepository, OrderRepository, OrderingUnitOfWork, PriceListRepository, VisibleTo};

pub(super) struct InMemoryUnitOfWork {
    store: InMemoryOrdering,
    meta: CommandMeta,
    orders: Vec<Order>,
    customers: Vec<Customer>,
    prices: Vec<PriceListEntry>,
}

impl InMemoryUnitOfWork {
    pub(super) const fn new(store: InMemoryOrdering, meta: CommandMeta) -> Self {
        Self {
            store,
            meta,
            orders: Vec::new(),
            customers: Vec::new(),
            prices: Vec::new(),
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

    fn price_list(&mut self) -> &mut dyn PriceListRepository {
        self
    }

    async fn customer_and_prices(
        &mut self,
        customer_id: CustomerId,
        product_ids: &[ProductId],
    ) -> Result<(Option<Customer>, Vec<PriceListEntry>), Unavailable> {
        let customer = CustomerRepository::get(self, customer_id).await?;
        let state = self.store.state();
        let entries = product_ids.iter().filter_map(|id| state.price_list.get(id));
        Ok((customer, entries.cloned().collect()))
    }

    async fn commit(self: Box<Self>, replay: Option<ReplayRecord>) -> Result<(), CommitError> {
        let changes = Changed {
            orders: self.orders,
            customers: self.customers,
            prices: self.prices,
        };
        self.store.commit(changes, replay, &self.meta)
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

#[async_trait]
impl PriceListRepository for InMemoryUnitOfWork {
    async fn get(&mut self, product_id: ProductId) -> Result<Option<PriceListEntry>, Unavailable> {
        Ok(self.store.state().price_list.get(&product_id).cloned())
    }

    fn put(&mut self, entry: PriceListEntry) {
        self.prices.push(entry);
    }
}
