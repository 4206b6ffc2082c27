//! The contexts' databases, on the engine that the settings name: the one place that knows which engines there are.

use std::sync::Arc;

use accounts_app::AccountsStore;
use accounts_infra::{PostgresAccounts, SqliteAccounts};
use catalog::CatalogStore;
use diesel_migrations::EmbeddedMigrations;
use inventory_app::{Inventory, InventoryStore};
use inventory_infra::{PostgresInventory, SqliteInventory};
use message_bus::Unavailable;
use notifications::NotificationsStore;
use operations::{ConsumerDescription, ContextInvariants, ContextOperations, ContextTraces, Doctor};
use ordering_app::{Ordering, OrderingStore};
use ordering_infra::{PostgresOrdering, SqliteOrdering};
use shared_kernel::{Clock, IdGenerator};
use storage::{
    CommitStatistics, ContextDatabase, DataFolder,
    migrations::MigrationStatus,
    postgres::{self, PostgresContext, PostgresRows, PostgresServer},
    sqlite::{self, SqliteContext, SqliteRows},
};

use crate::{
    database_location::DatabaseLocation,
    failure::Failure,
    order_reservation_check::OrderReservationCheck,
    settings::{DatabaseUrl, Settings},
    stock_check::StockCheck,
};

/// Every context's database, open, and the adapters over it.
pub(crate) struct Databases {
    /// All of them, in the order of [`migrations`].
    all: Vec<Arc<dyn ContextDatabase>>,
    pub(crate) accounts_store: Arc<dyn AccountsStore>,
    pub(crate) catalog_store: Arc<dyn CatalogStore>,
    pub(crate) ordering_store: Arc<dyn OrderingStore>,
    pub(crate) inventory_store: Arc<dyn InventoryStore>,
    pub(crate) notifications_store: Arc<dyn NotificationsStore>,
    /// Where they are, if they are not files.
    server: Option<PostgresServer>,
}

/// A context's migrations, on each engine.
pub(crate) struct Migrations {
    pub(crate) context: &'static str,
    pub(crate) sqlite: EmbeddedMigrations,
    pub(crate) postgres: EmbeddedMigrations,
}

/// Every context that has a database.
pub(crate) const fn migrations() -> [Migrations; 5] {
    [
        Migrations {
            context: "accounts",
            sqlite: accounts_infra::sqlite::MIGRATIONS,
            postgres: accounts_infra::postgres::MIGRATIONS,
        },
        Migrations {
            context: catalog::CONTEXT,
            sqlite: catalog::sqlite::MIGRATIONS,
            postgres: catalog::postgres::MIGRATIONS,
        },
        Migrations {
            context: "ordering",
            sqlite: ordering_infra::sqlite::MIGRATIONS,
            postgres: ordering_infra::postgres::MIGRATIONS,
        },
        Migrations {
            context: "inventory",
            sqlite: inventory_infra::sqlite::MIGRATIONS,
            postgres: inventory_infra::postgres::MIGRATIONS,
        },
        Migrations {
            context: "notifications",
            sqlite: notifications::sqlite::MIGRATIONS,
            postgres: notifications::postgres::MIGRATIONS,
        },
    ]
}

impl Databases {
    /// Opens every context's database, migrated to what this binary knows.
    pub(crate) async fn open(
        location: &DatabaseLocation,
        clock: &Arc<dyn Clock>,
        ids: &Arc<dyn IdGenerator>,
    ) -> Result<Self, Failure> {
        let [
            for_accounts,
            for_catalog,
            for_ordering,
            for_inventory,
            for_notifications,
        ] = migrations();
        match location {
            DatabaseLocation::Folder(folder) => {
                let accounts = open_file(folder, for_accounts, clock)?;
                let catalog = open_file(folder, for_catalog, clock)?;
                let ordering = open_file(folder, for_ordering, clock)?;
                let inventory = open_file(folder, for_inventory, clock)?;
                let notifications = open_file(folder, for_notifications, clock)?;
                sqlite::belong_together(
                    &[&accounts, &catalog, &ordering, &inventory, &notifications],
                    ids.next_id(),
                )
                .await?;
                Ok(Self {
                    all: vec![
                        Arc::new(accounts.clone()),
                        Arc::new(catalog.clone()),
                        Arc::new(ordering.clone()),
                        Arc::new(inventory.clone()),
                        Arc::new(notifications.clone()),
                    ],
                    accounts_store: Arc::new(SqliteAccounts::new(accounts)),
                    catalog_store: Arc::new(catalog),
                    ordering_store: Arc::new(SqliteOrdering::new(ordering)),
                    inventory_store: Arc::new(SqliteInventory::new(inventory)),
                    notifications_store: Arc::new(notifications),
                    server: None,
                })
            }
            DatabaseLocation::Server(server) => {
                let accounts = open_schema(server, for_accounts, clock, ids).await?;
                let catalog = open_schema(server, for_catalog, clock, ids).await?;
                let ordering = open_schema(server, for_ordering, clock, ids).await?;
                let inventory = open_schema(server, for_inventory, clock, ids).await?;
                let notifications = open_schema(server, for_notifications, clock, ids).await?;
                Ok(Self {
                    all: vec![
                        Arc::new(accounts.clone()),
                        Arc::new(catalog.clone()),
                        Arc::new(ordering.clone()),
                        Arc::new(inventory.clone()),
                        Arc::new(notifications.clone()),
                    ],
                    accounts_store: Arc::new(PostgresAccounts::new(accounts)),
                    catalog_store: Arc::new(catalog),
                    ordering_store: Arc::new(PostgresOrdering::new(ordering)),
                    inventory_store: Arc::new(PostgresInventory::new(inventory)),
                    notifications_store: Arc::new(notifications),
                    server: Some(server.as_ref().clone()),
                })
            }
        }
    }

    /// All of them.
    pub(crate) fn all(&self) -> &[Arc<dyn ContextDatabase>] {
        &self.all
    }

    /// The database of this context.
    pub(crate) fn of(&self, context: &str) -> Result<&Arc<dyn ContextDatabase>, Unavailable> {
        self.all
            .iter()
            .find(|database| database.context() == context)
            .ok_or_else(|| {
                Unavailable::defect(format!(
                    "found a consumer that names context {context}, which has no database"
                ))
            })
    }

    /// The contexts, as stories are told from them.
    pub(crate) fn traced(&self) -> Vec<Arc<dyn ContextTraces>> {
        self.all
            .iter()
            .map(|database| Arc::clone(database) as _)
            .collect()
    }

    /// The contexts, as the doctor sees them.
    fn examined(&self) -> Vec<Arc<dyn ContextInvariants>> {
        self.all
            .iter()
            .map(|database| Arc::clone(database) as _)
            .collect()
    }

    /// Orders and customers.
    pub(crate) fn ordering(&self, ids: &Arc<dyn IdGenerator>) -> Arc<Ordering> {
        Arc::new(Ordering::new(Arc::clone(&self.ordering_store), Arc::clone(ids)))
    }

    /// Stock and reservations.
    pub(crate) fn inventory(&self, ids: &Arc<dyn IdGenerator>) -> Arc<Inventory> {
        Arc::new(Inventory::new(Arc::clone(&self.inventory_store), Arc::clone(ids)))
    }

    /// Looks at what must hold in all of them, where consumers take what `subscriptions` says.
    pub(crate) fn doctor(
        &self,
        ordering: &Arc<Ordering>,
        inventory: &Arc<Inventory>,
        subscriptions: Vec<ConsumerDescription>,
        clock: Arc<dyn Clock>,
    ) -> Doctor {
        let order_reservation_check = OrderReservationCheck {
            ordering: Arc::clone(ordering),
            inventory: Arc::clone(inventory),
            contexts: self.examined(),
            subscriptions: subscriptions.clone(),
        };
        let doctor = Doctor::new(self.examined(), subscriptions, clock)
            .with_check(Arc::new(StockCheck(Arc::clone(inventory))))
            .with_check(Arc::new(order_reservation_check));
        match &self.server {
            Some(server) => doctor.with_check(Arc::new(server.clone())),
            None => doctor,
        }
    }

    /// The contexts, as operators see them.
    pub(crate) fn contexts(&self) -> Vec<Arc<dyn ContextOperations>> {
        self.all
            .iter()
            .map(|database| Arc::clone(database) as _)
            .collect()
    }

    /// Commits what is queued and closes the databases. Says what each context committed.
    pub(crate) async fn close(&self) -> Vec<(&'static str, CommitStatistics)> {
        let mut closed = Vec::with_capacity(self.all.len());
        for database in &self.all {
            closed.push((database.context(), database.close().await));
        }
        closed
    }
}

fn open_file<R: SqliteRows>(
    folder: &DataFolder,
    migrations: Migrations,
    clock: &Arc<dyn Clock>,
) -> Result<SqliteContext<R>, sqlite::OpenError> {
    SqliteContext::open(folder, migrations.context, migrations.sqlite, Arc::clone(clock))
}

async fn open_schema<R: PostgresRows>(
    server: &PostgresServer,
    migrations: Migrations,
    clock: &Arc<dyn Clock>,
    ids: &Arc<dyn IdGenerator>,
) -> Result<PostgresContext<R>, postgres::OpenError> {
    let Migrations {
        context, postgres, ..
    } = migrations;
    PostgresContext::open(server, context, postgres, Arc::clone(clock), ids.as_ref()).await
}

/// What schema each context's database has. Changes nothing.
pub(crate) async fn migration_status(settings: &Settings) -> Result<Vec<MigrationStatus>, Failure> {
    let mut found = Vec::new();
    match &settings.database_url {
        DatabaseUrl::Sqlite(folder) => {
            for Migrations { context, sqlite, .. } in migrations() {
                let file = storage::database_file(folder, context);
                found.push(sqlite::migration_status(&file, context, sqlite)?);
            }
        }
        DatabaseUrl::Postgres(url) => {
            let server = PostgresServer::new(&url.0)?;
            for Migrations {
                context, postgres, ..
            } in migrations()
            {
                found.push(postgres::migration_status(&server, context, postgres).await?);
            }
        }
    }
    Ok(found)
}
