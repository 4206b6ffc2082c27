//! Collects what one command changes, and commits it once.

use std::collections::HashMap;

use message_bus::{CommandMeta, CommitError, ReplayRecord, Unavailable, WriteSet};
use ordering_domain::{Customer, Order, PriceListEntry};
use shared_kernel::{AggregateRoot, CustomerId, IdGenerator, OrderId, ProductId, Version};

use crate::{
    CONTEXT, OrderingStore, VisibleTo,
    event_record::{customer_events, order_events},
    store::{OrderChange, OrderingChanges, StoredCustomer, StoredLine, StoredOrder},
};

/// All that one command changes. Nothing reaches the store before `commit`; dropping it instead is a rollback.
pub struct UnitOfWork<'a> {
    store: &'a dyn OrderingStore,
    ids: &'a dyn IdGenerator,
    meta: CommandMeta,
    orders: OrderRepository<'a>,
    customers: CustomerRepository<'a>,
    price_list: PriceListRepository<'a>,
}

/// The orders of a unit of work, each with its lines.
pub struct OrderRepository<'a> {
    store: &'a dyn OrderingStore,
    /// The lines of each order as they were loaded. They show which lines were removed since.
    loaded: HashMap<OrderId, Vec<StoredLine>>,
    saved: Vec<Order>,
}

/// The customers of a unit of work.
pub struct CustomerRepository<'a> {
    store: &'a dyn OrderingStore,
    saved: Vec<Customer>,
}

/// The price list: a copy from the catalogue's events, about which ordering decides nothing. The consumer's position keeps the
/// order of its changes.
pub struct PriceListRepository<'a> {
    store: &'a dyn OrderingStore,
    put: Vec<PriceListEntry>,
}

impl<'a> UnitOfWork<'a> {
    /// Begins one for the command of `meta`; `ids` names its events. No transaction is open until it commits.
    pub fn begin(store: &'a dyn OrderingStore, ids: &'a dyn IdGenerator, meta: CommandMeta) -> Self {
        Self {
            store,
            ids,
            meta,
            orders: OrderRepository {
                store,
                loaded: HashMap::new(),
                saved: Vec::new(),
            },
            customers: CustomerRepository {
                store,
                saved: Vec::new(),
            },
            price_list: PriceListRepository {
                store,
                put: Vec::new(),
            },
        }
    }

    /// The orders.
    pub const fn orders(&mut self) -> &mut OrderRepository<'a> {
        &mut self.orders
    }

    /// The customers.
    pub const fn customers(&mut self) -> &mut CustomerRepository<'a> {
        &mut self.customers
    }

    /// The price list.
    pub const fn price_list(&mut self) -> &mut PriceListRepository<'a> {
        &mut self.price_list
    }

    /// The customer, if they are stored yet, and the price list's entries for these products.
    ///
    /// # Errors
    /// [`Unavailable`] when the store does not answer.
    pub async fn customer_and_prices(
        &self,
        customer_id: CustomerId,
        product_ids: &[ProductId],
    ) -> Result<(Option<Customer>, Vec<PriceListEntry>), Unavailable> {
        let (customer, prices) = self.store.customer_and_prices(customer_id, product_ids).await?;
        Ok((customer.map(loaded_customer), prices))
    }

    /// Writes everything that was saved and changed, with its events, as one write set. With nothing changed it
    /// still records what the command answers: a delivery's position, a replay key.
    ///
    /// # Errors
    /// [`CommitError`]; nothing was written then.
    pub async fn commit(self, replay: Option<ReplayRecord>) -> Result<(), CommitError> {
        let orders = self.orders.changes()?;
        let mut customers = self.customers.saved;
        customers.retain(|customer| !customer.changes().is_empty());
        let mut events = Vec::new();
        for change in &orders {
            events.extend(order_events(&change.order)?);
        }
        for customer in &customers {
            events.extend(customer_events(customer));
        }
        let changes = OrderingChanges {
            orders,
            customers,
            prices: self.price_list.put,
        };
        let write_set = WriteSet::new(changes, events, replay, CONTEXT, &self.meta, self.ids);
        self.store.commit(write_set).await
    }
}

impl OrderRepository<'_> {
    /// The order with this id, if it exists and is visible.
    ///
    /// # Errors
    /// [`Unavailable`] when the store does not answer.
    pub async fn get(&mut self, id: OrderId, visible_to: VisibleTo) -> Result<Option<Order>, Unavailable> {
        let Some(stored) = self.store.order(id, visible_to).await? else {
            return Ok(None);
        };
        self.loaded.insert(id, stored.lines());
        Ok(Some(Order::rehydrate(stored.record, stored.version)))
    }

    /// Registers an order's changes, guarded by the version it was loaded at.
    pub fn save(&mut self, order: Order) {
        self.saved.push(order);
    }

    fn changes(mut self) -> Result<Vec<OrderChange>, Unavailable> {
        let mut changes = Vec::with_capacity(self.saved.len());
        for order in self.saved {
            if order.changes().is_empty() {
                continue;
            }
            let stored_lines = match self.loaded.remove(&order.id()) {
                Some(lines) => lines,
                None if order.changes().loaded_version() == Version::NEVER_STORED => Vec::new(),
                None => {
                    return Err(Unavailable::defect(
                        "found an order that this unit of work did not load, or saved before; expected one that it loaded",
                    ));
                }
            };
            changes.push(OrderChange { order, stored_lines });
        }
        Ok(changes)
    }
}

impl CustomerRepository<'_> {
    /// The customer with this id.
    ///
    /// # Errors
    /// [`Unavailable`] when the store does not answer.
    pub async fn get(&self, id: CustomerId) -> Result<Option<Customer>, Unavailable> {
        Ok(self.store.customer(id).await?.map(loaded_customer))
    }

    /// Registers a customer's changes, guarded by the version it was loaded at.
    pub fn save(&mut self, customer: Customer) {
        self.saved.push(customer);
    }
}

impl PriceListRepository<'_> {
    /// The entry for this product.
    ///
    /// # Errors
    /// [`Unavailable`] when the store does not answer.
    pub async fn get(&self, product_id: ProductId) -> Result<Option<PriceListEntry>, Unavailable> {
        self.store.price(product_id).await
    }

    /// Puts an entry on it, in place of an older one.
    pub fn put(&mut self, entry: PriceListEntry) {
        self.put.push(entry);
    }
}

impl StoredOrder {
    fn lines(&self) -> Vec<StoredLine> {
        let lines = self.line_positions.iter().zip(&self.record.lines);
        lines
            .map(|(position, line)| StoredLine {
                position: *position,
                line: line.clone(),
            })
            .collect()
    }
}

fn loaded_customer(stored: StoredCustomer) -> Customer {
    Customer::rehydrate(stored.record, stored.version)
}
