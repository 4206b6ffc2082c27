//! PostgreSQL: each store in a database of its own, which goes with it.

mod database;

use std::sync::Arc;

use accounts_infra::{AccountsRows, PostgresAccounts};
use catalog::CatalogRows;
use inventory_infra::{InventoryRows, PostgresInventory};
use notifications::NotificationsRows;
use ordering_infra::{OrderingRows, PostgresOrdering};
use storage::postgres::{PostgresContext, PostgresServer};

use self::database::Database;
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
    let database = Database::create();
    let seams = Seams::default();
    let context = accounts_schema(&database, &seams).await;
    let store = Arc::new(PostgresAccounts::new(context.clone()));
    let history = EventHistory::Logged(Arc::new(context));
    AccountsStore::new(store, history, seams, database)
}

pub(crate) async fn ordering() -> OrderingStore {
    let database = Database::create();
    let seams = Seams::default();
    let context = ordering_schema(&database, &seams).await;
    let store = Arc::new(PostgresOrdering::new(context.clone()));
    let history = EventHistory::Logged(Arc::new(context));
    OrderingStore::new(store, history, seams, database)
}

pub(crate) async fn catalog() -> CatalogOn {
    let database = Database::create();
    let seams = Seams::default();
    let server = PostgresServer::new(&database.url()).unwrap();
    let migrations = catalog::postgres::MIGRATIONS;
    let ids = seams.ids();
    let context: PostgresContext<CatalogRows> =
        PostgresContext::open(&server, catalog::CONTEXT, migrations, seams.clock(), ids.as_ref())
            .await
            .unwrap();
    let context = Arc::new(context);
    let history = EventHistory::Logged(context.clone());
    CatalogOn::new(context, history, seams, database)
}

pub(crate) async fn inventory() -> InventoryStore {
    let database = Database::create();
    let seams = Seams::default();
    let server = PostgresServer::new(&database.url()).unwrap();
    let migrations = inventory_infra::postgres::MIGRATIONS;
    let ids = seams.ids();
    let context: PostgresContext<InventoryRows> =
        PostgresContext::open(&server, "inventory", migrations, seams.clock(), ids.as_ref())
            .await
            .unwrap();
    let store = Arc::new(PostgresInventory::new(context.clone()));
    let history = EventHistory::Logged(Arc::new(context));
    InventoryStore::new(store, history, seams, database)
}

pub(crate) async fn notifications() -> NotificationsOn {
    let database = Database::create();
    let seams = Seams::default();
    let server = PostgresServer::new(&database.url()).unwrap();
    let migrations = notifications::postgres::MIGRATIONS;
    let ids = seams.ids();
    let context: PostgresContext<NotificationsRows> =
        PostgresContext::open(&server, "notifications", migrations, seams.clock(), ids.as_ref())
            .await
            .unwrap();
    let deliveries = Arc::new(context.clone());
    NotificationsOn::new(Arc::new(context), Some(deliveries), seams, database)
}

/// Both contexts in one database, each in its own schema.
pub(crate) async fn installation() -> Installation {
    let database = Database::create();
    let seams = Seams::default();
    let accounts = accounts_schema(&database, &seams).await;
    let accounts_store = Arc::new(PostgresAccounts::new(accounts.clone()));
    let accounts_log = Arc::new(accounts.clone());
    let ordering = ordering_schema(&database, &seams).await;
    let ordering_store = Arc::new(PostgresOrdering::new(ordering.clone()));
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
            database,
        ),
        ordering_database: Arc::new(ordering),
    }
}

async fn accounts_schema(database: &Database, seams: &Seams) -> PostgresContext<AccountsRows> {
    let server = PostgresServer::new(&database.url()).unwrap();
    let migrations = accounts_infra::postgres::MIGRATIONS;
    PostgresContext::open(
        &server,
        "accounts",
        migrations,
        seams.clock(),
        seams.ids().as_ref(),
    )
    .await
    .unwrap()
}

async fn ordering_schema(database: &Database, seams: &Seams) -> PostgresContext<OrderingRows> {
    let server = PostgresServer::new(&database.url()).unwrap();
    let migrations = ordering_infra::postgres::MIGRATIONS;
    PostgresContext::open(
        &server,
        "ordering",
        migrations,
        seams.clock(),
        seams.ids().as_ref(),
    )
    .await
    .unwrap()
}
