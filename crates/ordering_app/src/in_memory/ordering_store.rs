//! The store.

use std::{
    cmp::Reverse,
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use message_bus::{
    CommandLog, CommitError, Delivery, Envelope, InMemoryLog, Recorded, Replay, Unavailable, WriteSet,
    in_memory_log::check_loaded_version,
};
use ordering_domain::{Customer, CustomerRecord, Order, OrderRecord, PriceListEntry};
use shared_kernel::{AggregateRoot, CustomerId, OrderId, PageRequest, ProductId, Timestamp, Version};

use crate::{
    OrderPosition, OrderingStore, OrdersWanted, VisibleTo,
    store::{OrderingChanges, REFERENCE_INDEX, StoredCustomer, StoredOrder},
};

/// Orders, customers, the price list, events, positions and the command log, in memory.
#[derive(Debug, Default)]
pub struct InMemoryOrdering {
    state: Mutex<State>,
}

/// What is committed.
#[derive(Clone, Debug, Default)]
struct State {
    orders: BTreeMap<OrderId, (OrderRecord, Version)>,
    customers: BTreeMap<CustomerId, (CustomerRecord, Version)>,
    price_list: BTreeMap<ProductId, PriceListEntry>,
    log: InMemoryLog,
}

impl InMemoryOrdering {
    /// The event log, oldest first.
    pub fn events(&self) -> Vec<Envelope> {
        self.state().log.events()
    }

    /// The position of the consumer of `delivery` with its aggregate.
    pub fn position(&self, delivery: &Delivery) -> Version {
        self.state().log.position(delivery)
    }

    /// Nothing panics while the lock is held, so a poisoned one is as good as any.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl CommandLog for InMemoryOrdering {
    async fn recorded(&self, replay: &Replay) -> Result<Recorded, Unavailable> {
        Ok(self.state().log.recorded(replay))
    }
}

#[async_trait]
impl OrderingStore for InMemoryOrdering {
    async fn order(&self, id: OrderId, visible_to: VisibleTo) -> Result<Option<StoredOrder>, Unavailable> {
        let state = self.state();
        let stored = state.orders.get(&id);
        Ok(stored
            .filter(|(record, _)| visible_to.includes(record.customer_id))
            .map(stored_order))
    }

    async fn orders(
        &self,
        wanted: OrdersWanted,
        page: PageRequest<OrderPosition>,
        visible_to: VisibleTo,
    ) -> Result<Vec<StoredOrder>, Unavailable> {
        let state = self.state();
        let mut stored: Vec<_> = state
            .orders
            .values()
            .filter(|(record, _)| visible_to.includes(record.customer_id) && wanted.includes(record))
            .filter(|(record, _)| page.after.is_none_or(|after| place(record) < place_of(after)))
            .collect();
        stored.sort_by_key(|(record, _)| Reverse(place(record)));
        let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
        let on_page = stored.into_iter().take(limit.saturating_add(1));
        Ok(on_page.map(stored_order).collect())
    }

    async fn customer(&self, id: CustomerId) -> Result<Option<StoredCustomer>, Unavailable> {
        Ok(self.state().customer(id))
    }

    async fn customer_and_prices(
        &self,
        id: CustomerId,
        product_ids: &[ProductId],
    ) -> Result<(Option<StoredCustomer>, Vec<PriceListEntry>), Unavailable> {
        let state = self.state();
        let entries = product_ids.iter().filter_map(|id| state.price_list.get(id));
        Ok((state.customer(id), entries.cloned().collect()))
    }

    async fn price(&self, product_id: ProductId) -> Result<Option<PriceListEntry>, Unavailable> {
        Ok(self.state().price_list.get(&product_id).cloned())
    }

    async fn commit(&self, write_set: WriteSet<OrderingChanges>) -> Result<(), CommitError> {
        let mut state = self.state();
        let mut next = state.clone();
        let changes = next.log.commit(write_set)?;
        for change in &changes.orders {
            next.save_order(&change.order)?;
        }
        for customer in &changes.customers {
            next.save_customer(customer)?;
        }
        let prices = changes.prices.into_iter().map(|entry| (entry.product_id, entry));
        next.price_list.extend(prices);
        *state = next;
        Ok(())
    }
}

impl State {
    fn customer(&self, id: CustomerId) -> Option<StoredCustomer> {
        let (record, version) = self.customers.get(&id).cloned()?;
        Some(StoredCustomer { record, version })
    }

    fn save_order(&mut self, order: &Order) -> Result<(), CommitError> {
        let record = order.record();
        let stored = self.orders.get(&record.id).map(|(_, version)| *version);
        check_loaded_version(stored, order.changes().loaded_version(), "orders.id")?;
        let taken = |(other, _): &(OrderRecord, Version)| {
            other.id != record.id && other.reference == record.reference
        };
        if self.orders.values().any(taken) {
            return Err(CommitError::AlreadyExists {
                constraint: REFERENCE_INDEX.to_owned(),
            });
        }
        self.orders.insert(record.id, (record.clone(), order.version()));
        Ok(())
    }

    fn save_customer(&mut self, customer: &Customer) -> Result<(), CommitError> {
        let record = customer.record();
        let stored = self.customers.get(&record.id).map(|(_, version)| *version);
        check_loaded_version(stored, customer.changes().loaded_version(), "customers.id")?;
        self.customers
            .insert(record.id, (record.clone(), customer.version()));
        Ok(())
    }
}

impl OrdersWanted {
    fn includes(&self, record: &OrderRecord) -> bool {
        self.status.is_none_or(|status| status == record.status)
            && self
                .reference
                .is_none_or(|reference| reference == record.reference)
            && self
                .customer_id
                .is_none_or(|customer_id| customer_id == record.customer_id)
    }
}

/// A copy of an order. Its lines are kept without positions, so they are as they would be if none had ever been removed.
fn stored_order((record, version): &(OrderRecord, Version)) -> StoredOrder {
    StoredOrder {
        record: record.clone(),
        version: *version,
        line_positions: (0..).take(record.lines.len()).collect(),
    }
}

fn place(record: &OrderRecord) -> (Timestamp, OrderId) {
    (record.placed_at, record.id)
}

fn place_of(position: OrderPosition) -> (Timestamp, OrderId) {
    (position.placed_at, position.order_id)
}
