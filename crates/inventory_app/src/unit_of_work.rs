//! Collects what one command changes, or several that are decided together, and commits it once.

use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
};

use inventory_domain::{Reservation, Stock, StockItem};
use message_bus::{CommandMeta, CommitError, NewEvent, ReplayRecord, Unavailable, WriteSet};
use shared_kernel::{AggregateRoot, IdGenerator, OrderId, ProductId};

use crate::{CONTEXT, InventoryStore, event_record::reservation_events, store::InventoryChanges};

/// All that one command changes, or several that are decided together. Nothing reaches the store before `commit`;
/// dropping it instead is a rollback.
pub struct UnitOfWork<'a> {
    ids: &'a dyn IdGenerator,
    stock: StockRepository<'a>,
    reservations: ReservationRepository<'a>,
    store: &'a dyn InventoryStore,
    meta: CommandMeta,
    /// The commands before the one that decides at present, and what each of them saved.
    decided: Vec<(CommandMeta, Vec<Reservation>)>,
}

/// The stock items of a unit of work.
pub struct StockRepository<'a> {
    store: &'a dyn InventoryStore,
    saved: Vec<StockItem>,
}

/// The reservations of a unit of work, each with its lines.
pub struct ReservationRepository<'a> {
    store: &'a dyn InventoryStore,
    /// Those of the command that decides at present.
    saved: Vec<Reservation>,
}

impl<'a> UnitOfWork<'a> {
    /// Begins one for the command of `meta`; `ids` names its events. No transaction is open until it commits.
    pub fn begin(store: &'a dyn InventoryStore, ids: &'a dyn IdGenerator, meta: CommandMeta) -> Self {
        Self {
            ids,
            stock: StockRepository {
                store,
                saved: Vec::new(),
            },
            reservations: ReservationRepository {
                store,
                saved: Vec::new(),
            },
            store,
            meta,
            decided: Vec::new(),
        }
    }

    /// The stock items.
    pub const fn stock(&mut self) -> &mut StockRepository<'a> {
        &mut self.stock
    }

    /// The reservations.
    pub const fn reservations(&mut self) -> &mut ReservationRepository<'a> {
        &mut self.reservations
    }

    /// Continues with another command: the events of what is saved from now on carry this meta, and its
    /// delivery's position moves with the others.
    pub fn next_command(&mut self, meta: CommandMeta) {
        let before = mem::replace(&mut self.meta, meta);
        self.decided
            .push((before, mem::take(&mut self.reservations.saved)));
    }

    /// Writes everything that was saved and changed, with its events, as one write set. With nothing changed it
    /// still records what the commands answer: their deliveries' positions, a replay key.
    ///
    /// # Errors
    /// [`CommitError`]; nothing was written then.
    pub async fn commit(self, replay: Option<ReplayRecord>) -> Result<(), CommitError> {
        let mut stock = self.stock.saved;
        stock.retain(|item| !item.changes().is_empty());
        stock.sort_by_key(AggregateRoot::id);
        let changes = InventoryChanges {
            stock,
            reservations: Vec::new(),
        };
        let mut write_set = WriteSet::without_events(changes, replay, CONTEXT);
        let last = (self.meta, self.reservations.saved);
        for (meta, mut reservations) in self.decided.into_iter().chain([last]) {
            reservations.retain(|reservation| !reservation.changes().is_empty());
            write_set = write_set.with_command(events_of(&reservations)?, &meta, self.ids);
            write_set.changes.reservations.extend(reservations);
        }
        self.store.commit(write_set).await
    }
}

impl StockRepository<'_> {
    /// The stock items of these products, of which some may have none.
    ///
    /// # Errors
    /// [`Unavailable`] when the store does not answer.
    pub async fn of_products(&self, products: &BTreeSet<ProductId>) -> Result<Stock, Unavailable> {
        let stored = self.store.stock_items(products).await?.into_iter();
        let items = stored.map(|item| StockItem::rehydrate(item.record, item.version));
        Ok(items.map(|item| (item.id(), item)).collect())
    }

    /// Registers a stock item's changes, guarded by the version it was loaded at.
    pub fn save(&mut self, item: StockItem) {
        self.saved.push(item);
    }
}

impl ReservationRepository<'_> {
    /// The reservations of these orders, of which some may have none.
    ///
    /// # Errors
    /// [`Unavailable`] when the store does not answer.
    pub async fn of_orders(
        &self,
        orders: &BTreeSet<OrderId>,
    ) -> Result<BTreeMap<OrderId, Reservation>, Unavailable> {
        let stored = self.store.reservations_of(orders).await?.into_iter();
        let reservations = stored.map(|stored| {
            let order_id = stored.record.order_id;
            (order_id, Reservation::rehydrate(stored.record, stored.version))
        });
        Ok(reservations.collect())
    }

    /// Registers a reservation's changes, guarded by the version it was loaded at.
    pub fn save(&mut self, reservation: Reservation) {
        self.saved.push(reservation);
    }
}

fn events_of(reservations: &[Reservation]) -> Result<Vec<NewEvent>, Unavailable> {
    let events = reservations.iter().map(reservation_events);
    Ok(events.collect::<Result<Vec<_>, _>>()?.concat())
}
