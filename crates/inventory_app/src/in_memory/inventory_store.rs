//! The store.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use inventory_domain::{LedgerEntry, Reservation, ReservationRecord, StockItem, StockRecord};
use message_bus::{
    CommandLog, CommitError, Delivery, Envelope, InMemoryLog, Recorded, Replay, Unavailable, WriteSet,
    in_memory_log::check_loaded_version,
};
use shared_kernel::{AggregateRoot, OrderId, PageRequest, ProductId, ReservationId, Version};

use crate::{
    InventoryStore, LedgerEntryView, ReservationStatus, StockDrift,
    store::{InventoryChanges, ORDER_INDEX, STOCK_ITEM_KEY, StoredReservation, StoredStockItem},
};

/// Stock, its ledger, reservations, events, positions and the command log, in memory.
#[derive(Debug, Default)]
pub struct InMemoryInventory {
    state: Mutex<State>,
}

/// What is committed.
#[derive(Clone, Debug, Default)]
pub(super) struct State {
    pub(super) stock: BTreeMap<ProductId, (StockRecord, Version)>,
    pub(super) ledger: BTreeMap<(ProductId, Version), LedgerEntry>,
    pub(super) reservations: BTreeMap<ReservationId, (ReservationRecord, Version)>,
    log: InMemoryLog,
}

impl InMemoryInventory {
    /// The event log, oldest first.
    pub fn events(&self) -> Vec<Envelope> {
        self.state().log.events()
    }

    /// The position of the consumer of `delivery` with its aggregate.
    pub fn position(&self, delivery: &Delivery) -> Version {
        self.state().log.position(delivery)
    }

    /// Changes a stock item as no unit of work would: without a new version or a ledger entry.
    #[cfg(test)]
    pub(crate) fn tamper(&self, product_id: ProductId, on_hand: u32, reserved: u32) {
        if let Some((record, _)) = self.state().stock.get_mut(&product_id) {
            (record.on_hand, record.reserved) = (on_hand, reserved);
        }
    }

    /// Nothing panics while the lock is held, so a poisoned one is as good as any.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl CommandLog for InMemoryInventory {
    async fn recorded(&self, replay: &Replay) -> Result<Recorded, Unavailable> {
        Ok(self.state().log.recorded(replay))
    }
}

#[async_trait]
impl InventoryStore for InMemoryInventory {
    async fn stock_items(&self, products: &BTreeSet<ProductId>) -> Result<Vec<StoredStockItem>, Unavailable> {
        Ok(self.state().stock_items(products))
    }

    async fn stock(&self, page: PageRequest<ProductId>) -> Result<Vec<StoredStockItem>, Unavailable> {
        Ok(self.state().stock_on(page))
    }

    async fn ledger(
        &self,
        product_id: ProductId,
        page: PageRequest<Version>,
    ) -> Result<Vec<LedgerEntryView>, Unavailable> {
        Ok(self.state().ledger_on(product_id, page))
    }

    async fn reservations_of(
        &self,
        orders: &BTreeSet<OrderId>,
    ) -> Result<Vec<StoredReservation>, Unavailable> {
        Ok(self.state().reservations_of(orders))
    }

    async fn status_of(&self, orders: &BTreeSet<OrderId>) -> Result<Vec<ReservationStatus>, Unavailable> {
        Ok(self.state().status_of(orders))
    }

    async fn reservations(
        &self,
        order_id: Option<OrderId>,
        page: PageRequest<ReservationId>,
    ) -> Result<Vec<StoredReservation>, Unavailable> {
        Ok(self.state().reservations_on(order_id, page))
    }

    async fn held(&self, page: PageRequest<OrderId>) -> Result<Vec<ReservationStatus>, Unavailable> {
        Ok(self.state().held_on(page))
    }

    async fn drifted(&self, limit: u32) -> Result<Vec<StockDrift>, Unavailable> {
        Ok(self.state().drifted(limit))
    }

    async fn commit(&self, write_set: WriteSet<InventoryChanges>) -> Result<(), CommitError> {
        let mut state = self.state();
        let mut next = state.clone();
        let changes = next.log.commit(write_set)?;
        for item in &changes.stock {
            next.save_stock(item)?;
        }
        for reservation in &changes.reservations {
            next.save_reservation(reservation)?;
        }
        *state = next;
        Ok(())
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
        let loaded = reservation.changes().loaded_version();
        check_loaded_version(stored, loaded, "reservations.id")?;
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
