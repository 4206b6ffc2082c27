//! SQLite: each store in a file of its own, in a folder that goes with it.

use std::sync::Arc;

use accounts_infra::{AccountsRows, SqliteAccounts};
use catalog::CatalogRows;
use inventory_infra::{InventoryRows, SqliteInventory};
use notifications::NotificationsRows;
use ordering_infra::{OrderingRows, SqliteOrdering};
use storage::{DataFolder, sqlite::SqliteContext};

use crate::{
    catalog::CatalogOn,
    event_history::EventHistory,
    installation::Installation,
    inventory::InventoryStore,
    notifications::NotificationsOn,
    seams::Seams,
    stores::{AccountsStore, OrderingStore},
};

pub(crate) async fn accounts() -> AccountsStore {
    let temporary = tempfile::tempdir().unwrap();
    let seams = Seams::default();
    let context = accounts_file(&DataFolder::open(temporary.path()).unwrap(), &seams);
    let store = Arc::new(SqliteAccounts::new(context.clone()));
    let history = EventHistory::Logged(Arc::new(context));
    AccountsStore::new(store, history, seams, temporary)
}

pub(crate) async fn ordering() -> OrderingStore {
    let temporary = tempfile::tempdir().unwrap();
    let seams = Seams::default();
    let context = ordering_file(&DataFolder::open(temporary.path()).unwrap(), &seams);
    let store = Arc::new(SqliteOrdering::new(context.clone()));
    let history = EventHistory::Logged(Arc::new(context));
    OrderingStore::new(store, history, seams, temporary)
}

pub(crate) async fn catalog() -> CatalogOn {
    let temporary = tempfile::tempdir().unwrap();
    let seams = Seams::default();
    let folder = DataFolder::open(temporary.path()).unwrap();
    let migrations = catalog::sqlite::MIGRATIONS;
    let context: SqliteContext<CatalogRows> =
        SqliteContext::open(&folder, catalog::CONTEXT, migrations, seams.clock()).unwrap();
    let context = Arc::new(context);
    let history = EventHistory::Logged(context.clone());
    CatalogOn::new(context, history, seams, temporary)
}

pub(crate) async fn inventory() -> InventoryStore {
    let temporary = tempfile::tempdir().unwrap();
    let seams = Seams::default();
    let folder = DataFolder::open(temporary.path()).unwrap();
    let migrations = inventory_infra::sqlite::MIGRATIONS;
    let context: SqliteContext<InventoryRows> =
        SqliteContext::open(&folder, "inventory", migrations, seams.clock()).unwrap();
    let store = Arc::new(SqliteInventory::new(context.clone()));
    let history = EventHistory::Logged(Arc::new(context));
    InventoryStore::new(store, history, seams, temporary)
}

pub(crate) async fn notifications() -> NotificationsOn {
    let temporary = tempfile::tempdir().unwrap();
    let seams = Seams::default();
    let folder = DataFolder::open(temporary.path()).unwrap();
    let migrations = notifications::sqlite::MIGRATIONS;
    let context: SqliteContext<NotificationsRows> =
        SqliteContext::open(&folder, "notifications", migrations, seams.clock()).unwrap();
    let deliveries = Arc::new(context.clone());
    NotificationsOn::new(Arc::new(context), Some(deliveries), seams, temporary)
}

/// Both contexts in one folder, each in its own file.
pub(crate) async fn installation() -> Installation {
    let temporary = tempfile::tempdir().unwrap();
    let folder = DataFolder::open(temporary.path()).unwrap();
    let seams = Seams::default();
    let accounts = accounts_file(&folder, &seams);
    let accounts_store = Arc::new(SqliteAccounts::new(accounts.clone()));
    let accounts_log = Arc::new(accounts.clone());
    let ordering = ordering_file(&folder, &seams);
    let ordering_store = Arc::new(SqliteOrdering::new(ordering.clone()));
    let ordering_log = Arc::new(ordering.clone());
    Installation {
        accounts: AccountsStore::new(
            accounts_store,
            EventHistory::Logged(accounts_log.clone()),
            seams.clone(),
            (),
        ),
        accounts_log,
        accounts_database: Arc::new(accounts),
        ordering: OrderingStore::new(
            ordering_store,
            EventHistory::Logged(ordering_log),
            seams,
            temporary,
        ),
        ordering_database: Arc::new(ordering),
    }
}

fn accounts_file(folder: &DataFolder, seams: &Seams) -> SqliteContext<AccountsRows> {
    SqliteContext::open(
        folder,
        "accounts",
        accounts_infra::sqlite::MIGRATIONS,
        seams.clock(),
    )
    .unwrap()
}

fn ordering_file(folder: &DataFolder, seams: &Seams) -> SqliteContext<OrderingRows> {
    SqliteContext::open(
        folder,
        "ordering",
        ordering_infra::sqlite::MIGRATIONS,
        seams.clock(),
    )
    .unwrap()
}
