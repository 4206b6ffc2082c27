//! Collects what one command changes, or several that are decided together, and commits it once.

use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
};

use async_trait::async_trait;
use inventory_domain::{Reservation, Stock, StockItem};
use message_bus::{CommandMeta, CommitError, NewEvent, ReplayRecord, Unavailable};
use shared_kernel::{OrderId, ProductId};

use super::InMemoryInventory;
use crate::{InventoryUnitOfWork, ReservationRepository, StockRepository, event_record::reservation_events};

pub(super) struct InMemoryUnitOfWork {
    store: InMemoryInventory,
    stock: Vec<StockItem>,
    /// Those before the current one.
    decided: Vec<Command>,
    current: Command,
}

pub(super) struct Command {
    pub(super) meta: CommandMeta,
    pub(super) reservations: Vec<Reservation>,
}

impl Command {
    const fn of(meta: CommandMeta) -> Self {
        let reservations = Vec::new();
        Self { meta, reservations }
    }

    pub(super) fn events(&self) -> Result<Vec<NewEvent>, Unavailable> {
        let events = self.reservations.iter().map(reservation_events);
        Ok(events.collect::<Result<Vec<_>, _>>()?.concat())
    }
}

impl InMemoryUnitOfWork {
    pub(super) const fn new(store: InMemoryInventory, meta: CommandMeta) -> Self {
        Self {
            store,
            stock: Vec::new(),
            decided: Vec::new(),
            current: Command::of(meta),
        }
    }
}

#[async_trait]
impl InventoryUnitOfWork for InMemoryUnitOfWork {
    fn stock(&mut self) -> &mut dyn StockRepository {
        self
    }

    fn reservations(&mut self) -> &mut dyn ReservationRepository {
        self
    }

    fn next_command(&mut self, meta: CommandMeta) {
        self.decided
            .push(mem::replace(&mut self.current, Command::of(meta)));
    }

    async fn commit(self: Box<Self>, replay: Option<ReplayRecord>) -> Result<(), CommitError> {
        let mut commands = self.decided;
        commands.push(self.current);
        self.store.commit(&self.stock, &commands, replay)
    }
}

#[async_trait]
impl StockRepository for InMemoryUnitOfWork {
    async fn of_products(&mut self, products: &BTreeSet<ProductId>) -> Result<Stock, Unavailable> {
        let state = self.store.state();
        let stored = products.iter().filter_map(|id| state.stock.get_key_value(id));
        let items = stored.map(|(id, (record, version))| (*id, StockItem::rehydrate(*record, *version)));
        Ok(items.collect())
    }

    fn save(&mut self, item: StockItem) {
        self.stock.push(item);
    }
}

#[async_trait]
impl ReservationRepository for InMemoryUnitOfWork {
    async fn of_orders(
        &mut self,
        orders: &BTreeSet<OrderId>,
    ) -> Result<BTreeMap<OrderId, Reservation>, Unavailable> {
        let state = self.store.state();
        let stored = state.reservations.values();
        let wanted = stored.filter(|(record, _)| orders.contains(&record.order_id));
        let reservations = wanted.cloned().map(|(record, version)| {
            let order_id = record.order_id;
            (order_id, Reservation::rehydrate(record, version))
        });
        Ok(reservations.collect())
    }

    fn save(&mut self, reservation: Reservation) {
        self.current.reservations.push(reservation);
    }
}
