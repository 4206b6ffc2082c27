//! The store: what is committed, and how a unit of work's changes get there.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use inventory_domain::{LedgerEntry, Reservation, ReservationRecord, StockItem, StockRecord};
use message_bus::{
    CommandLog, CommandMeta, CommitError, Delivery, Envelope, NewEvent, Recorded, RecordedCommands, Replay,
    ReplayRecord, Unavailable,
};
use shared_kernel::{AggregateRoot, Changes, EventId, IdGenerator, ProductId, ReservationId, Version};

use super::unit_of_work::{Command, InMemoryUnitOfWork};
use crate::{
    InventoryUnitOfWork, InventoryUnits,
    event_record::reservation_events,
    ports::{ORDER_INDEX, STOCK_ITEM_KEY},
};

/// Stock, reservations, events, positions and the command log, in memory. Clones share them.
#[derive(Clone)]
pub struct InMemoryInventory {
    state: Arc<Mutex<State>>,
    ids: Arc<dyn IdGenerator>,
}

/// What is committed.
#[derive(Clone, Default)]
pub(super) struct State {
    pub(super) stock: BTreeMap<ProductId, (StockRecord, Version)>,
    pub(super) ledger: BTreeMap<(ProductId, Version), LedgerEntry>,
    pub(super) reservations: BTreeMap<ReservationId, (ReservationRecord, Version)>,
    events: Vec<Envelope>,
    /// Per consumer and aggregate, the last delivery that was applied.
    applied: Vec<Delivery>,
    command_log: RecordedCommands,
}

impl InMemoryInventory {
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

    /// Makes of a stock item what no unit of work would: neither version nor ledger tell of it.
    #[cfg(test)]
    pub(crate) fn tamper(&self, product_id: ProductId, on_hand: u32, reserved: u32) {
        if let Some((record, _)) = self.state().stock.get_mut(&product_id) {
            (record.on_hand, record.reserved) = (on_hand, reserved);
        }
    }

    /// Nothing panics while the lock is held, so a poisoned one is as good as any.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Commits all of a unit of work's changes, or none.
    pub(super) fn commit(
        &self,
        stock: &[StockItem],
        commands: &[Command],
        replay: Option<ReplayRecord>,
    ) -> Result<(), CommitError> {
        let mut state = self.state();
        let mut next = state.clone();
        for delivery in commands.iter().filter_map(|command| command.meta.delivery) {
            next.move_position(delivery)?;
        }
        if let Some(replay) = replay {
            next.command_log.record(replay)?;
        }
        // What nothing happened to is not written, whatever others did to it meanwhile.
        for item in stock.iter().filter(|item| !item.changes().is_empty()) {
            next.save_stock(item)?;
        }
        for Command { meta, reservations } in commands {
            for reservation in reservations
                .iter()
                .filter(|reservation| !reservation.changes().is_empty())
            {
                next.save_reservation(reservation)?;
                next.log(reservation_events(reservation)?, meta, self.ids.as_ref());
            }
        }
        *state = next;
        Ok(())
    }
}

#[async_trait]
impl CommandLog for InMemoryInventory {
    async fn recorded(&self, replay: &Replay) -> Result<Recorded, Unavailable> {
        Ok(self.state().command_log.recorded(replay))
    }
}

impl InventoryUnits for InMemoryInventory {
    fn begin(&self, meta: CommandMeta) -> Box<dyn InventoryUnitOfWork> {
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

    fn save_stock(&mut self, item: &StockItem) -> Result<(), CommitError> {
        let stored = self.stock.get(&item.id()).map(|(_, version)| *version);
        as_it_was_loaded(stored, item.changes(), STOCK_ITEM_KEY)?;
        self.stock.insert(item.id(), (*item.record(), item.version()));
        let entries = item.ledger_entries();
        self.ledger
            .extend(entries.map(|(version, entry)| ((item.id(), version), entry.clone())));
        Ok(())
    }

    fn save_reservation(&mut self, reservation: &Reservation) -> Result<(), CommitError> {
        let record = reservation.record();
        let stored = self.reservations.get(&record.id).map(|(_, version)| *version);
        as_it_was_loaded(stored, reservation.changes(), "reservations.id")?;
        let taken = |(other, _): &(ReservationRecord, Version)| {
            other.id != record.id && other.order_id == record.order_id
        };
        if self.reservations.values().any(taken) {
            return Err(CommitError::AlreadyExists {
                constraint: ORDER_INDEX.to_owned(),
            });
        }
        self.reservations
            .insert(record.id, (record.clone(), reservation.version()));
        Ok(())
    }

    fn log(&mut self, events: Vec<NewEvent>, meta: &CommandMeta, ids: &dyn IdGenerator) {
        self.events.extend(
            events
                .into_iter()
                .map(|event| Envelope::new(event, EventId::new(ids.next_id()), "inventory", meta)),
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
