//! The fakes that the application layers are tested on. They keep no outbox and no deliveries.

use std::sync::Arc;

use accounts_app::in_memory::InMemoryAccounts;
use catalog::in_memory::InMemoryCatalog;
use inventory_app::in_memory::InMemoryInventory;
use notifications::in_memory::InMemoryNotifications;
use ordering_app::in_memory::InMemoryOrdering;

use crate::{
    catalog::CatalogOn,
    event_history::EventHistory,
    inventory::InventoryStore,
    notifications::NotificationsOn,
    seams::Seams,
    stores::{AccountsStore, OrderingStore},
};

pub(crate) async fn accounts() -> AccountsStore {
    let seams = Seams::default();
    let store = Arc::<InMemoryAccounts>::default();
    let history = {
        let store = Arc::clone(&store);
        EventHistory::Remembered(Box::new(move || store.events()))
    };
    AccountsStore::new(store, history, seams, ())
}

pub(crate) async fn ordering() -> OrderingStore {
    let seams = Seams::default();
    let store = Arc::<InMemoryOrdering>::default();
    let history = {
        let store = Arc::clone(&store);
        EventHistory::Remembered(Box::new(move || store.events()))
    };
    OrderingStore::new(store, history, seams, ())
}

pub(crate) async fn catalog() -> CatalogOn {
    let store = Arc::new(InMemoryCatalog::default());
    let history = {
        let store = Arc::clone(&store);
        EventHistory::Remembered(Box::new(move || store.events()))
    };
    CatalogOn::new(store, history, Seams::default(), ())
}

pub(crate) async fn inventory() -> InventoryStore {
    let seams = Seams::default();
    let store = Arc::<InMemoryInventory>::default();
    let history = {
        let store = Arc::clone(&store);
        EventHistory::Remembered(Box::new(move || store.events()))
    };
    InventoryStore::new(store, history, seams, ())
}

pub(crate) async fn notifications() -> NotificationsOn {
    NotificationsOn::new(
        Arc::new(InMemoryNotifications::default()),
        None,
        Seams::default(),
        (),
    )
}
