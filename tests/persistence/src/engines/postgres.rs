//! PostgreSQL: each store in a database of its own, which goes with it.

mod database;

use std::sync::Arc;

use accounts_infra::PostgresAccounts;
use diesel_migrations::EmbeddedMigrations;
use inventory_infra::PostgresInventory;
use ordering_infra::PostgresOrdering;
use storage::postgres::{PostgresContext, PostgresRows, PostgresServer};

use self::database::Database;
use crate::{
    catalog::CatalogStore,
    event_history::EventHistory,
    installation::Installation,
    inventory::InventoryStore,
    notifications::NotificationsOn,
    seams::Seams,
    stores::{AccountsStore, On, OrderingStore},
};

/// A database for the schemas of contexts, and the time and the ids of a test.
struct Server {
    database: Database,
    server: PostgresServer,
    seams: Seams,
}

impl Server {
    fn new() -> Self {
        let database = Database::create();
        let server = PostgresServer::new(&database.url()).unwrap();
        Self {
            database,
            server,
            seams: Seams::default(),
        }
    }

    async fn open<R: PostgresRows>(
        &self,
        context: &'static str,
        migrations: EmbeddedMigrations,
    ) -> PostgresContext<R> {
        let (clock, ids) = (self.seams.clock(), self.seams.ids());
        PostgresContext::open(&self.server, context, migrations, clock, ids.as_ref())
            .await
            .unwrap()
    }

    /// A store in this database, and with it what its schema has logged.
    fn with<P: ?Sized, R: PostgresRows>(self, port: Arc<P>, context: PostgresContext<R>) -> On<P> {
        let history = EventHistory::Logged(Arc::new(context));
        On::new(port, history, self.seams, self.database)
    }
}

pub(crate) async fn accounts() -> AccountsStore {
    let server = Server::new();
    let context = server
        .open("accounts", accounts_infra::postgres::MIGRATIONS)
        .await;
    server.with(Arc::new(PostgresAccounts::new(context.clone())), context)
}

pub(crate) async fn ordering() -> OrderingStore {
    let server = Server::new();
    let context = server
        .open("ordering", ordering_infra::postgres::MIGRATIONS)
        .await;
    server.with(Arc::new(PostgresOrdering::new(context.clone())), context)
}

pub(crate) async fn catalog() -> CatalogStore {
    let server = Server::new();
    let context = server
        .open::<catalog::CatalogRows>(catalog::CONTEXT, catalog::postgres::MIGRATIONS)
        .await;
    server.with(Arc::new(context.clone()), context)
}

pub(crate) async fn inventory() -> InventoryStore {
    let server = Server::new();
    let context = server
        .open("inventory", inventory_infra::postgres::MIGRATIONS)
        .await;
    server.with(Arc::new(PostgresInventory::new(context.clone())), context)
}

pub(crate) async fn notifications() -> NotificationsOn {
    let server = Server::new();
    let context = server
        .open::<notifications::NotificationsRows>("notifications", notifications::postgres::MIGRATIONS)
        .await;
    let deliveries = Arc::new(context.clone());
    NotificationsOn::new(Arc::new(context), Some(deliveries), server.seams, server.database)
}

/// Both contexts in one database, each in its own schema.
pub(crate) async fn installation() -> Installation {
    let server = Server::new();
    let accounts = server
        .open("accounts", accounts_infra::postgres::MIGRATIONS)
        .await;
    let ordering = server
        .open("ordering", ordering_infra::postgres::MIGRATIONS)
        .await;
    let (accounts, ordering) = (Arc::new(accounts), Arc::new(ordering));
    Installation {
        accounts: On::new(
            Arc::new(PostgresAccounts::new((*accounts).clone())),
            EventHistory::Logged(accounts.clone()),
            server.seams.clone(),
            (),
        ),
        accounts_log: accounts.clone(),
        accounts_database: accounts,
        ordering: On::new(
            Arc::new(PostgresOrdering::new((*ordering).clone())),
            EventHistory::Logged(ordering.clone()),
            server.seams,
            server.database,
        ),
        ordering_database: ordering,
    }
}
