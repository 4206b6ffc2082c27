//! Collects what one command changes, or several that are decided together, and commits it as one write set.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use async_trait::async_trait;
use inventory_app::{
    InventoryUnitOfWork, ReservationRepository, StockRepository, event_record::reservation_events,
};
use inventory_domain::{Reservation, Stock, StockItem};
use message_bus::{CommandMeta, CommitError, NewEvent, ReplayRecord, Unavailable, WriteSet};
use shared_kernel::{AggregateRoot, IdGenerator, OrderId, ProductId};

use crate::{
    InventoryRows,
    changes::{ReservationChange, StockChange},
    store::InventoryStore,
};

/// The context's name, which its events carry.
const SOURCE: &str = "inventory";

/// The changes of commands that are decided together.
pub(crate) struct UnitOfWork {
    store: Arc<dyn InventoryStore>,
    ids: Arc<dyn IdGenerator>,
    stock: Vec<StockItem>,
    /// Those before the current one.
    decided: Vec<Command>,
    current: Command,
    /// The known bug that a contract test must find: stock is written over, whatever others did to it since it was loaded.
    #[cfg(debug_assertions)]
    reads_then_writes: bool,
}

struct Command {
    meta: CommandMeta,
    reservations: Vec<Reservation>,
}

impl Command {
    const fn of(meta: CommandMeta) -> Self {
        let reservations = Vec::new();
        Self { meta, reservations }
    }

    fn changed(&self) -> impl Iterator<Item = &Reservation> {
        let all = self.reservations.iter();
        all.filter(|reservation| !reservation.changes().is_empty())
    }

    fn events(&self) -> Result<Vec<NewEvent>, Unavailable> {
        let events = self.changed().map(reservation_events);
        Ok(events.collect::<Result<Vec<_>, _>>()?.concat())
    }
}

impl UnitOfWork {
    pub(crate) fn new(store: Arc<dyn InventoryStore>, ids: Arc<dyn IdGenerator>, meta: CommandMeta) -> Self {
        Self {
            store,
            ids,
            stock: Vec::new(),
            decided: Vec::new(),
            current: Command::of(meta),
            #[cfg(debug_assertions)]
            reads_then_writes: false,
        }
    }

    /// The same with the known bug, or without it.
    #[cfg(debug_assertions)]
    pub(crate) fn reading_then_writing(mut self, switched_on: bool) -> Self {
        self.reads_then_writes = switched_on;
        self
    }

    /// The rows of everything that changed, stock in the order of the products.
    fn rows(&self) -> InventoryRows {
        let changed = self.stock.iter().filter(|item| !item.changes().is_empty());
        let mut stock: Vec<_> = changed.map(StockChange::of).collect();
        stock.sort_by_key(|change| change.row.product_id);
        let commands = self.decided.iter().chain([&self.current]);
        let reservations = commands.flat_map(Command::changed);
        InventoryRows {
            stock,
            reservations: reservations.map(ReservationChange::of).collect(),
        }
    }

    fn write_set(
        &self,
        rows: InventoryRows,
        replay: Option<ReplayRecord>,
    ) -> Result<WriteSet<InventoryRows>, Unavailable> {
        let ids = self.ids.as_ref();
        let mut commands = self.decided.iter().chain([&self.current]);
        let first = commands.next().unwrap_or(&self.current);
        let write_set = WriteSet::new(rows, first.events()?, replay, SOURCE, &first.meta, ids);
        commands.try_fold(write_set, |write_set, command| {
            Ok(write_set.and_also(command.events()?, &command.meta, ids))
        })
    }

    /// Takes whatever version is there for the one that was loaded, until that works.
    #[cfg(debug_assertions)]
    async fn write_over(&self, replay: Option<ReplayRecord>) -> Result<(), CommitError> {
        use crate::changes::Write;

        const TRIES: u32 = 20;
        let products = self.stock.iter().map(AggregateRoot::id).collect();
        let mut tries = 0;
        loop {
            let mut rows = self.rows();
            let there = self.store.stock_items(&products).await?;
            for change in &mut rows.stock {
                let row = there.iter().find(|row| row.product_id == change.row.product_id);
                if let (Some(row), Write::Update { loaded_version }) = (row, &mut change.write) {
                    *loaded_version = row.version;
                    change.row.version = change.row.version.max(row.version + 1);
                }
            }
            tries += 1;
            match self.store.commit(self.write_set(rows, replay.clone())?).await {
                Err(CommitError::VersionConflict) if tries < TRIES => {}
                committed => return committed,
            }
        }
    }
}

#[async_trait]
impl InventoryUnitOfWork for UnitOfWork {
    fn stock(&mut self) -> &mut dyn StockRepository {
        self
    }

    fn reservations(&mut self) -> &mut dyn ReservationRepository {
        self
    }

    fn next_command(&mut self, meta: CommandMeta) {
        let before = std::mem::replace(&mut self.current, Command::of(meta));
        self.decided.push(before);
    }

    async fn commit(self: Box<Self>, replay: Option<ReplayRecord>) -> Result<(), CommitError> {
        #[cfg(debug_assertions)]
        if self.reads_then_writes {
            return self.write_over(replay).await;
        }
        let write_set = self.write_set(self.rows(), replay)?;
        self.store.commit(write_set).await
    }
}

#[async_trait]
impl StockRepository for UnitOfWork {
    async fn of_products(&mut self, products: &BTreeSet<ProductId>) -> Result<Stock, Unavailable> {
        let rows = self.store.stock_items(products).await?.into_iter();
        let items = rows.map(|row| {
            let (record, version) = row.into_record()?;
            Ok((record.product_id, StockItem::rehydrate(record, version)))
        });
        items.collect()
    }

    fn save(&mut self, item: StockItem) {
        self.stock.push(item);
    }
}

#[async_trait]
impl ReservationRepository for UnitOfWork {
    async fn of_orders(
        &mut self,
        orders: &BTreeSet<OrderId>,
    ) -> Result<BTreeMap<OrderId, Reservation>, Unavailable> {
        let rows = self.store.reservations_of(orders).await?.into_iter();
        let reservations = rows.map(|(row, lines)| {
            let (record, version) = row.into_record(lines)?;
            Ok((record.order_id, Reservation::rehydrate(record, version)))
        });
        reservations.collect()
    }

    fn save(&mut self, reservation: Reservation) {
        self.current.reservations.push(reservation);
    }
}
