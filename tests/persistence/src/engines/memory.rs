//! The fakes that the application layers are tested on. They keep no outbox and no deliveries.

use std::sync::Arc;

use accounts_app::in_memory::InMemoryAccounts;
use catalog::in_memory::InMemoryCatalog;
use inventory_app::in_memory::InMemoryInventory;
use message_bus::Envelope;
use notifications::in_memory::InMemoryNotifications;
use ordering_app::in_memory::InMemoryOrdering;

use crate::{
    catalog::CatalogStore,
    event_history::EventHistory,
    inventory::InventoryStore,
    notifications::NotificationsOn,
    seams::Seams,
    stores::{AccountsStore, On, OrderingStore},
};

/// The history of a fake, which says itself what its events are.
fn remembered<S: Send + Sync + 'static>(store: &Arc<S>, events: fn(&S) -> Vec<Envelope>) -> EventHistory {
    let store = Arc::clone(store);
    EventHistory::Remembered(Box::new(move || events(&store)))
}

pub(crate) async fn accounts() -> AccountsStore {
    let store = Arc::<InMemoryAccounts>::default();
    let history = remembered(&store, InMemoryAccounts::events);
    On::new(store, history, Seams::default(), ())
}

pub(crate) async fn ordering() -> OrderingStore {
    let store = Arc::<InMemoryOrdering>::default();
    let history = remembered(&store, InMemoryOrdering::events);
    On::new(store, history, Seams::default(), ())
}

pub(crate) async fn catalog() -> CatalogStore {
    let store = Arc::<InMemoryCatalog>::default();
    let history = remembered(&store, InMemoryCatalog::events);
    On::new(store, history, Seams::default(), ())
}

pub(crate) async fn inventory() -> InventoryStore {
    let store = Arc::<InMemoryInventory>::default();
    let history = remembered(&store, InMemoryInventory::events);
    On::new(store, history, Seams::default(), ())
}

pub(crate) async fn notifications() -> NotificationsOn {
    let store = Arc::<InMemoryNotifications>::default();
    NotificationsOn::new(store, None, Seams::default(), ())
}
