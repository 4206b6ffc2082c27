//! A warehouse whose commits are watched, and people who ask at its desk.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use message_bus::{CommandLog, Recorded, Replay, ReplayRecord};
use tokio::{sync::Semaphore, task::JoinHandle};

use super::super::*;
use crate::{
    Inventory, InventoryUnitOfWork, ReservationRepository, StockRepository, in_memory::InMemoryInventory,
    tests::warehouse::Warehouse,
};

/// Units of work that say how many commands each commit answers, and that commit when they are let.
#[derive(Clone)]
struct Watched {
    store: InMemoryInventory,
    seen: Arc<Seen>,
}

pub(super) struct Seen {
    /// The commands of each attempt to commit, oldest first.
    pub(super) commits: Mutex<Vec<usize>>,
    /// How many attempts may go on.
    pub(super) gate: Semaphore,
    /// Whether they wait after the commit instead of before it.
    pub(super) waits_after: AtomicBool,
    /// How many attempts fail because the store does not answer.
    pub(super) broken: AtomicUsize,
}

struct WatchedUnit {
    inner: Box<dyn InventoryUnitOfWork>,
    commands: usize,
    seen: Arc<Seen>,
}

impl Seen {
    async fn wait(&self) {
        self.gate.acquire().await.unwrap().forget();
    }
}

#[async_trait]
impl CommandLog for Watched {
    async fn recorded(&self, replay: &Replay) -> Result<Recorded, Unavailable> {
        self.store.recorded(replay).await
    }
}

impl InventoryUnits for Watched {
    fn begin(&self, meta: CommandMeta) -> Box<dyn InventoryUnitOfWork> {
        Box::new(WatchedUnit {
            inner: self.store.begin(meta),
            commands: 1,
            seen: Arc::clone(&self.seen),
        })
    }
}

#[async_trait]
impl InventoryUnitOfWork for WatchedUnit {
    fn stock(&mut self) -> &mut dyn StockRepository {
        self.inner.stock()
    }

    fn reservations(&mut self) -> &mut dyn ReservationRepository {
        self.inner.reservations()
    }

    fn next_command(&mut self, meta: CommandMeta) {
        self.commands += 1;
        self.inner.next_command(meta);
    }

    async fn commit(self: Box<Self>, replay: Option<ReplayRecord>) -> Result<(), CommitError> {
        self.seen.commits.lock().unwrap().push(self.commands);
        let waits_after = self.seen.waits_after.load(Ordering::SeqCst);
        if !waits_after {
            self.seen.wait().await;
        }
        let broken = self.seen.broken.load(Ordering::SeqCst);
        if broken > 0 {
            self.seen.broken.store(broken - 1, Ordering::SeqCst);
            return Err(Unavailable::dependency("the store is away").into());
        }
        let committed = self.inner.commit(replay).await;
        if waits_after {
            self.seen.wait().await;
        }
        committed
    }
}

/// A warehouse whose commits are watched; the gate is open to so many.
pub(super) fn watched(open_to: usize) -> (Arc<Warehouse>, Arc<Seen>) {
    let seen = Arc::new(Seen {
        commits: Mutex::default(),
        gate: Semaphore::new(open_to),
        waits_after: AtomicBool::new(false),
        broken: AtomicUsize::new(0),
    });
    let units = Arc::clone(&seen);
    let here = Warehouse::with_units(|store| Arc::new(Watched { store, seen: units }));
    (Arc::new(here), seen)
}

/// A warehouse with a product, whose gate has closed behind it.
pub(super) async fn with_a_product(on_hand: u32) -> (Arc<Warehouse>, Arc<Seen>, ProductId) {
    let (here, seen) = watched(2);
    let product = here.product(on_hand).await;
    seen.commits.lock().unwrap().clear();
    (here, seen, product)
}

pub(super) type Asking = JoinHandle<Result<(), UseCaseError>>;

/// Confirms an order of so many units, on a task of its own.
pub(super) fn asking(here: &Arc<Warehouse>, order_id: OrderId, product: ProductId, units: i64) -> Asking {
    let here = Arc::clone(here);
    tokio::spawn(async move { here.confirm(order_id, &[(product, units)]).await })
}

pub(super) async fn until(reached: impl Fn() -> bool) {
    while !reached() {
        tokio::task::yield_now().await;
    }
}

pub(super) async fn until_so_many_wait(inventory: &Inventory, count: usize) {
    until(|| inventory.desk.waiting().len() == count).await;
}

pub(super) async fn until_so_many_commits(seen: &Seen, count: usize) {
    until(|| seen.commits.lock().unwrap().len() == count).await;
}

pub(super) fn commits(seen: &Seen) -> Vec<usize> {
    seen.commits.lock().unwrap().clone()
}
