//! A warehouse that records its commits, and callers that ask for stock.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use message_bus::{CommandLog, Recorded, Replay, WriteSet};
use shared_kernel::{PageRequest, Version};
use tokio::{sync::Semaphore, task::JoinHandle};

use super::super::*;
use crate::{
    Inventory, LedgerEntryView, ReservationStatus, StockDrift,
    in_memory::InMemoryInventory,
    store::{InventoryChanges, StoredReservation, StoredStockItem},
    tests::warehouse::Warehouse,
};

/// A store that counts the deliveries of each commit, and commits only when its gate is open.
struct Watched {
    store: Arc<InMemoryInventory>,
    seen: Arc<Seen>,
}

pub(super) struct Seen {
    /// The deliveries of each attempt to commit, oldest first: as many as requests were decided together.
    pub(super) commits: Mutex<Vec<usize>>,
    /// How many attempts may go on.
    pub(super) gate: Semaphore,
    /// Whether they wait after the commit instead of before it.
    pub(super) waits_after: AtomicBool,
    /// How many attempts fail because the store does not answer.
    pub(super) broken: AtomicUsize,
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

#[async_trait]
impl InventoryStore for Watched {
    async fn stock_items(&self, products: &BTreeSet<ProductId>) -> Result<Vec<StoredStockItem>, Unavailable> {
        self.store.stock_items(products).await
    }

    async fn stock(&self, page: PageRequest<ProductId>) -> Result<Vec<StoredStockItem>, Unavailable> {
        self.store.stock(page).await
    }

    async fn ledger(
        &self,
        product_id: ProductId,
        page: PageRequest<Version>,
    ) -> Result<Vec<LedgerEntryView>, Unavailable> {
        self.store.ledger(product_id, page).await
    }

    async fn reservations_of(
        &self,
        orders: &BTreeSet<OrderId>,
    ) -> Result<Vec<StoredReservation>, Unavailable> {
        self.store.reservations_of(orders).await
    }

    async fn status_of(&self, orders: &BTreeSet<OrderId>) -> Result<Vec<ReservationStatus>, Unavailable> {
        self.store.status_of(orders).await
    }

    async fn reservations(
        &self,
        order_id: Option<OrderId>,
        page: PageRequest<ReservationId>,
    ) -> Result<Vec<StoredReservation>, Unavailable> {
        self.store.reservations(order_id, page).await
    }

    async fn held(&self, page: PageRequest<OrderId>) -> Result<Vec<ReservationStatus>, Unavailable> {
        self.store.held(page).await
    }

    async fn drifted(&self, limit: u32) -> Result<Vec<StockDrift>, Unavailable> {
        self.store.drifted(limit).await
    }

    async fn commit(&self, write_set: WriteSet<InventoryChanges>) -> Result<(), CommitError> {
        self.seen.commits.lock().unwrap().push(write_set.deliveries.len());
        let waits_after = self.seen.waits_after.load(Ordering::SeqCst);
        if !waits_after {
            self.seen.wait().await;
        }
        let broken = self.seen.broken.load(Ordering::SeqCst);
        if broken > 0 {
            self.seen.broken.store(broken - 1, Ordering::SeqCst);
            return Err(Unavailable::dependency("the store is away").into());
        }
        let committed = self.store.commit(write_set).await;
        if waits_after {
            self.seen.wait().await;
        }
        committed
    }
}

/// A warehouse that records its commits; the gate is open for so many of them.
pub(super) fn watched(open_to: usize) -> (Arc<Warehouse>, Arc<Seen>) {
    let seen = Arc::new(Seen {
        commits: Mutex::default(),
        gate: Semaphore::new(open_to),
        waits_after: AtomicBool::new(false),
        broken: AtomicUsize::new(0),
    });
    let watching = Arc::clone(&seen);
    let here = Warehouse::with_store(|store| {
        Arc::new(Watched {
            store,
            seen: watching,
        })
    });
    (Arc::new(here), seen)
}

/// A warehouse with a product, and with its gate closed.
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
    until(|| inventory.batcher.queue().len() == count).await;
}

pub(super) async fn until_so_many_commits(seen: &Seen, count: usize) {
    until(|| seen.commits.lock().unwrap().len() == count).await;
}

pub(super) fn commits(seen: &Seen) -> Vec<usize> {
    seen.commits.lock().unwrap().clone()
}
