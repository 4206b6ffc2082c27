//! The store: what is committed, and how a unit of work's changes get there.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use message_bus::{
    CommandLog, CommandMeta, CommitError, Delivery, Envelope, NewEvent, Recorded, RecordedCommands, Replay,
    ReplayRecord, Unavailable,
};
use ordering_domain::{Customer, CustomerRecord, Order, OrderRecord, PriceListEntry};
use shared_kernel::{AggregateRoot, Changes, CustomerId, EventId, IdGenerator, OrderId, ProductId, Version};

use super::unit_of_work::InMemoryUnitOfWork;
use crate::{
    OrderingUnitOfWork, OrderingUnits,
    event_record::{customer_events, order_events},
    ports::REFERENCE_INDEX,
};

/// Orders, customers, events, positions and the command log, in memory. Clones share them.
#[derive(Clone)]
pub struct InMemoryOrdering {
    state: Arc<Mutex<State>>,
    ids: Arc<dyn IdGenerator>,
}

/// What is committed.
#[derive(Clone, Default)]
pub(super) struct State {
    pub(super) orders: BTreeMap<OrderId, (OrderRecord, Version)>,
    pub(super) customers: BTreeMap<CustomerId, (CustomerRecord, Version)>,
    pub(super) price_list: BTreeMap<ProductId, PriceListEntry>,
    events: Vec<Envelope>,
    /// Per consumer and aggregate, the last delivery that was applied.
    applied: Vec<Delivery>,
    command_log: RecordedCommands,
}

/// What one command changes.
pub(super) struct Changed {
    pub(super) orders: Vec<Order>,
    pub(super) customers: Vec<Customer>,
    pub(super) prices: Vec<PriceListEntry>,
}

impl InMemoryOrdering {
    /// An empty store.
    pub fn new(ids: Arc<dyn IdGenerator>) -> Self {
        Self {
            state: Arc::default(),
            ids,
        }
    }

    /// The event log, oldest first.
    pub fn events(&self) -> Vec<Envelope> {
        self.state().events.clone()
    }

    /// Where the consumer of `delivery` stands with its aggregate.
    pub fn position(&self, delivery: &Delivery) -> Version {
        self.state().position(delivery)
    }

    /// Nothing panics while the lock is held, so a poisoned one is as good as any.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Commits all of a unit of work's changes, or none.
    pub(super) fn commit(
        &self,
        changed: Changed,
        replay: Option<ReplayRecord>,
        meta: &CommandMeta,
    ) -> Result<(), CommitError> {
        let mut state = self.state();
        let mut next = state.clone();
        if let Some(delivery) = meta.delivery {
            next.move_position(delivery)?;
        }
        if let Some(replay) = replay {
            next.command_log.record(replay)?;
        }
        // What nothing happened to is not written, whatever others did to it meanwhile.
        for order in changed.orders.iter().filter(|order| !order.changes().is_empty()) {
            next.save_order(order)?;
            next.log(order_events(order)?, meta, self.ids.as_ref());
        }
        for customer in changed
            .customers
            .iter()
            .filter(|customer| !customer.changes().is_empty())
        {
            next.save_customer(customer)?;
            next.log(customer_events(customer), meta, self.ids.as_ref());
        }
        let prices = changed.prices.into_iter().map(|entry| (entry.product_id, entry));
        next.price_list.extend(prices);
        *state = next;
        Ok(())
    }
}

#[async_trait]
impl CommandLog for InMemoryOrdering {
    async fn recorded(&self, replay: &Replay) -> Result<Recorded, Unavailable> {
        Ok(self.state().command_log.recorded(replay))
    }
}

impl OrderingUnits for InMemoryOrdering {
    fn begin(&self, meta: CommandMeta) -> Box<dyn OrderingUnitOfWork> {
        Box::new(InMemoryUnitOfWork::new(self.clone(), meta))
    }
}

impl State {
    fn position(&self, delivery: &Delivery) -> Version {
        self.applied
            .iter()
            .find(|applied| same_place(applied, delivery))
            .map(|applied| applied.version)
            .unwrap_or_default()
    }

    fn move_position(&mut self, delivery: Delivery) -> Result<(), CommitError> {
        let position = self.position(&delivery);
        if delivery.version <= position {
            return Err(CommitError::AlreadyApplied);
        }
        if delivery.previous_version > position {
            return Err(CommitError::DeliveryGap {
                position,
                previous: delivery.previous_version,
            });
        }
        self.applied.retain(|applied| !same_place(applied, &delivery));
        self.applied.push(delivery);
        Ok(())
    }

    fn save_order(&mut self, order: &Order) -> Result<(), CommitError> {
        let record = order.record();
        let stored = self.orders.get(&record.id).map(|(_, version)| *version);
        as_it_was_loaded(stored, order.changes(), "orders.id")?;
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
        as_it_was_loaded(stored, customer.changes(), "customers.id")?;
        self.customers
            .insert(record.id, (record.clone(), customer.version()));
        Ok(())
    }

    fn log(&mut self, events: Vec<NewEvent>, meta: &CommandMeta, ids: &dyn IdGenerator) {
        self.events.extend(
            events
                .into_iter()
                .map(|event| Envelope::new(event, EventId::new(ids.next_id()), "ordering", meta)),
        );
    }
}

fn same_place(left: &Delivery, right: &Delivery) -> bool {
    (left.consumer, left.aggregate_id) == (right.consumer, right.aggregate_id)
}

/// A row that is new must not be there, and one that is changed must be as it was loaded.
fn as_it_was_loaded<E>(
    stored: Option<Version>,
    changes: &Changes<E>,
    primary_key: &str,
) -> Result<(), CommitError> {
    match (stored, changes.loaded_version()) {
        (Some(_), Version::NEVER_STORED) => Err(CommitError::AlreadyExists {
            constraint: primary_key.to_owned(),
        }),
        (stored, loaded) if stored.unwrap_or_default() == loaded => Ok(()),
        _ => Err(CommitError::VersionConflict),
    }
}
