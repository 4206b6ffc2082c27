//! SQLite: each store in a file of its own, in a folder that goes with it.

use std::sync::Arc;

use accounts_infra::SqliteAccounts;
use diesel_migrations::EmbeddedMigrations;
use inventory_infra::SqliteInventory;
use ordering_infra::SqliteOrdering;
use storage::{
    DataFolder,
    sqlite::{SqliteContext, SqliteRows},
};
use tempfile::TempDir;

use crate::{
    catalog::CatalogStore,
    event_history::EventHistory,
    installation::Installation,
    inventory::InventoryStore,
    notifications::NotificationsOn,
    seams::Seams,
    stores::{AccountsStore, On, OrderingStore},
};

/// A folder for the files of contexts, and the time and the ids of a test.
struct Folder {
    temporary: TempDir,
    data: DataFolder,
    seams: Seams,
}

impl Folder {
    fn new() -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let data = DataFolder::open(temporary.path()).unwrap();
        Self {
            temporary,
            data,
            seams: Seams::default(),
        }
    }

    fn open<R: SqliteRows>(&self, context: &'static str, migrations: EmbeddedMigrations) -> SqliteContext<R> {
        SqliteContext::open(&self.data, context, migrations, self.seams.clock()).unwrap()
    }

    /// A store in this folder, and with it what its file has logged.
    fn with<P: ?Sized, R: SqliteRows>(self, port: Arc<P>, context: SqliteContext<R>) -> On<P> {
        let history = EventHistory::Logged(Arc::new(context));
        On::new(port, history, self.seams, self.temporary)
    }
}

pub(crate) async fn accounts() -> AccountsStore {
    let folder = Folder::new();
    let context = folder.open("accounts", accounts_infra::sqlite::MIGRATIONS);
    folder.with(Arc::new(SqliteAccounts::new(context.clone())), context)
}

pub(crate) async fn ordering() -> OrderingStore {
    let folder = Folder::new();
    let context = folder.open("ordering", ordering_infra::sqlite::MIGRATIONS);
    folder.with(Arc::new(SqliteOrdering::new(context.clone())), context)
}

pub(crate) async fn catalog() -> CatalogStore {
    let folder = Folder::new();
    let context = folder.open::<catalog::CatalogRows>(catalog::CONTEXT, catalog::sqlite::MIGRATIONS);
    folder.with(Arc::new(context.clone()), context)
}

pub(crate) async fn inventory() -> InventoryStore {
    let folder = Folder::new();
    let context = folder.open("inventory", inventory_infra::sqlite::MIGRATIONS);
    folder.with(Arc::new(SqliteInventory::new(context.clone())), context)
}

pub(crate) async fn notifications() -> NotificationsOn {
    let folder = Folder::new();
    let context =
        folder.open::<notifications::NotificationsRows>("notifications", notifications::sqlite::MIGRATIONS);
    let deliveries = Arc::new(context.clone());
    NotificationsOn::new(
        Arc::new(context),
        Some(deliveries),
        folder.seams,
        folder.temporary,
    )
}

/// Both contexts in one folder, each in its own file.
pub(crate) async fn installation() -> Installation {
    let folder = Folder::new();
    let accounts = Arc::new(folder.open("accounts", accounts_infra::sqlite::MIGRATIONS));
    let ordering = Arc::new(folder.open("ordering", ordering_infra::sqlite::MIGRATIONS));
    Installation {
        accounts: On::new(
            Arc::new(SqliteAccounts::new((*accounts).clone())),
            EventHistory::Logged(accounts.clone()),
            folder.seams.clone(),
            (),
        ),
        accounts_log: accounts.clone(),
        accounts_database: accounts,
        ordering: On::new(
            Arc::new(SqliteOrdering::new((*ordering).clone())),
            EventHistory::Logged(ordering.clone()),
            folder.seams,
            folder.temporary,
        ),
        ordering_database: ordering,
    }
}
