//! The store: what is committed, and how a unit of work's changes get there.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use inventory_domain::{LedgerEntry, Reservation, ReservationRecord, StockItem, StockRecord};
use message_bus::{
    CommandLog, CommandMeta, CommitError, Delivery, Envelope, InMemoryLog, Recorded, Replay, ReplayRecord,
    Unavailable, WriteSet, in_memory_log::check_loaded_version,
};
use shared_kernel::{AggregateRoot, IdGenerator, ProductId, ReservationId, Version};

use super::unit_of_work::{Command, InMemoryUnitOfWork};
use crate::{
    InventoryUnitOfWork, InventoryUnits,
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
    log: InMemoryLog,
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
        self.state().log.events()
    }

    /// Where the consumer of `delivery` stands with its aggregate.
    pub fn position(&self, delivery: &Delivery) -> Version {
        self.state().log.position(delivery)
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
        let ids = self.ids.as_ref();
        if let [first, others @ ..] = commands {
            let write_set = WriteSet::new((), first.events()?, replay, "inventory", &first.meta, ids);
            let write_set = others.iter().try_fold(write_set, |write_set, command| {
                Ok::<_, CommitError>(write_set.and_also(command.events()?, &command.meta, ids))
            })?;
            next.log.commit(write_set)?;
        }
        // What nothing happened to is not written, whatever others did to it meanwhile.
        for item in stock.iter().filter(|item| !item.changes().is_empty()) {
            next.save_stock(item)?;
        }
        for command in commands {
            for reservation in command
                .reservations
                .iter()
                .filter(|reservation| !reservation.changes().is_empty())
            {
                next.save_reservation(reservation)?;
            }
        }
        *state = next;
        Ok(())
    }
}

#[async_trait]
impl CommandLog for InMemoryInventory {
    async fn recorded(&self, replay: &Replay) -> Result<Recorded, Unavailable> {
        Ok(self.state().log.recorded(replay))
    }
}

impl InventoryUnits for InMemoryInventory {
    fn begin(&self, meta: CommandMeta) -> Box<dyn InventoryUnitOfWork> {
        Box::new(InMemoryUnitOfWork::new(self.clone(), meta))
    }
}

impl State {
    fn save_stock(&mut self, item: &StockItem) -> Result<(), CommitError> {
        let stored = self.stock.get(&item.id()).map(|(_, version)| *version);
        check_loaded_version(stored, item.changes().loaded_version(), STOCK_ITEM_KEY)?;
        self.stock.insert(item.id(), (*item.record(), item.version()));
        let entries = item.ledger_entries();
        self.ledger
            .extend(entries.map(|(version, entry)| ((item.id(), version), entry.clone())));
        Ok(())
    }

    fn save_reservation(&mut self, reservation: &Reservation) -> Result<(), CommitError> {
        let record = reservation.record();
        let stored = self.reservations.get(&record.id).map(|(_, version)| *version);
        check_loaded_version(stored, reservation.changes().loaded_version(), "reservations.id")?;
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
}
