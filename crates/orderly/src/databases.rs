//! The list of the contexts, and their databases on the engine that the settings name: the one place that knows which engines there are.

use std::sync::Arc;

use accounts_app::AccountsStore;
use accounts_infra::{PostgresAccounts, SqliteAccounts};
use catalog::{CatalogRows, CatalogStore};
use inventory_app::InventoryStore;
use inventory_infra::{PostgresInventory, SqliteInventory};
use message_bus::Unavailable;
use notifications::{NotificationsRows, NotificationsStore};
use operations::{ContextInvariants, ContextOperations, ContextTraces, Doctor};
use ordering_app::OrderingStore;
use ordering_infra::{PostgresOrdering, SqliteOrdering};
use shared_kernel::{Clock, IdGenerator};
use storage::{
    CommitStatistics, ContextDatabase, ContextDescription,
    migrations::MigrationStatus,
    postgres::{self, PostgresContext, PostgresRows, PostgresServer},
    sqlite::{self, InstallationFile, SqliteContext, SqliteRows},
};

use crate::{
    database_location::DatabaseLocation,
    failure::Failure,
    handlers::Handlers,
    order_reservation_check::OrderReservationCheck,
    settings::{DatabaseUrl, Settings},
    stock_check::StockCheck,
    system::{SystemClock, SystemIds},
};

/// Every context there is. Opening, migrating, copying, describing and examining go through this list, in its order.
pub(crate) const CONTEXTS: [ContextDescription; 5] = [
    accounts_infra::DESCRIPTION,
    catalog::DESCRIPTION,
    ordering_infra::DESCRIPTION,
    inventory_infra::DESCRIPTION,
    notifications::DESCRIPTION,
];

/// What each context opens to.
pub(crate) struct Stores {
    pub(crate) accounts: Arc<dyn AccountsStore>,
    pub(crate) catalog: Arc<dyn CatalogStore>,
    pub(crate) ordering: Arc<dyn OrderingStore>,
    pub(crate) inventory: Arc<dyn InventoryStore>,
    pub(crate) notifications: Arc<dyn NotificationsStore>,
}

/// Every context's database, open.
pub(crate) struct Databases {
    /// All of them, in the order of [`CONTEXTS`].
    all: Vec<Arc<dyn ContextDatabase>>,
    pub(crate) stores: Stores,
    /// Where they are, if they are not files.
    server: Option<PostgresServer>,
}

impl Databases {
    /// Opens every context's database, migrated to the version of this binary.
    pub(crate) async fn open(
        location: &DatabaseLocation,
        clock: &Arc<dyn Clock>,
        ids: &Arc<dyn IdGenerator>,
    ) -> Result<Self, Failure> {
        let mut opening = Opening {
            location,
            clock,
            ids,
            all: Vec::new(),
            files: Vec::new(),
        };
        let [accounts, catalog, ordering, inventory, notifications] = CONTEXTS;
        let stores = Stores {
            accounts: opening
                .open::<_, dyn AccountsStore>(
                    accounts,
                    |file| Arc::new(SqliteAccounts::new(file)),
                    |schema| Arc::new(PostgresAccounts::new(schema)),
                )
                .await?,
            catalog: opening
                .open::<CatalogRows, dyn CatalogStore>(
                    catalog,
                    |file| Arc::new(file),
                    |schema| Arc::new(schema),
                )
                .await?,
            ordering: opening
                .open::<_, dyn OrderingStore>(
                    ordering,
                    |file| Arc::new(SqliteOrdering::new(file)),
                    |schema| Arc::new(PostgresOrdering::new(schema)),
                )
                .await?,
            inventory: opening
                .open::<_, dyn InventoryStore>(
                    inventory,
                    |file| Arc::new(SqliteInventory::new(file)),
                    |schema| Arc::new(PostgresInventory::new(schema)),
                )
                .await?,
            notifications: opening
                .open::<NotificationsRows, dyn NotificationsStore>(
                    notifications,
                    |file| Arc::new(file),
                    |schema| Arc::new(schema),
                )
                .await?,
        };
        Ok(Self {
            all: opening.finish().await?,
            stores,
            server: match location {
                DatabaseLocation::Folder(_) => None,
                DatabaseLocation::Server(server) => Some(server.as_ref().clone()),
            },
        })
    }

    /// The same by the machine's clock, for commands that run beside a server or without one.
    pub(crate) async fn open_at(location: &DatabaseLocation) -> Result<Self, Failure> {
        Self::open(
            location,
            &(Arc::new(SystemClock) as _),
            &(Arc::new(SystemIds) as _),
        )
        .await
    }

    /// The same for commands that look at an installation and do not make one.
    pub(crate) async fn of_an_installation(settings: &Settings) -> Result<Self, Failure> {
        Self::open_at(&DatabaseLocation::of_an_installation(&settings.database_url).await?).await
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

    /// The contexts, as timelines are made from them.
    pub(crate) fn traced(&self) -> Vec<Arc<dyn ContextTraces>> {
        let all = self.all.iter().cloned();
        all.map(|database| database as _).collect()
    }

    /// The contexts, as the doctor sees them.
    fn examined(&self) -> Vec<Arc<dyn ContextInvariants>> {
        let all = self.all.iter().cloned();
        all.map(|database| database as _).collect()
    }

    /// Looks at what must hold in all of them, where consumers take what the table of subscriptions says.
    pub(crate) fn doctor(&self, handlers: &Handlers, clock: Arc<dyn Clock>) -> Doctor {
        let subscriptions = handlers.described();
        let order_reservation_check = OrderReservationCheck {
            ordering: Arc::clone(&handlers.ordering),
            inventory: Arc::clone(&handlers.inventory),
            contexts: self.examined(),
            subscriptions: subscriptions.clone(),
        };
        let doctor = Doctor::new(self.examined(), subscriptions, clock)
            .with_check(Arc::new(StockCheck(Arc::clone(&handlers.inventory))))
            .with_check(Arc::new(order_reservation_check));
        match &self.server {
            Some(server) => doctor.with_check(Arc::new(server.clone())),
            None => doctor,
        }
    }

    /// The contexts, as operators see them.
    pub(crate) fn contexts(&self) -> Vec<Arc<dyn ContextOperations>> {
        let all = self.all.iter().cloned();
        all.map(|database| database as _).collect()
    }

    /// Commits what is queued and closes the databases. Returns what each context committed.
    pub(crate) async fn close(&self) -> Vec<(&'static str, CommitStatistics)> {
        let mut closed = Vec::with_capacity(self.all.len());
        for database in &self.all {
            closed.push((database.context(), database.close().await));
        }
        closed
    }
}

/// Opens one database after the other.
struct Opening<'a> {
    location: &'a DatabaseLocation,
    clock: &'a Arc<dyn Clock>,
    ids: &'a Arc<dyn IdGenerator>,
    all: Vec<Arc<dyn ContextDatabase>>,
    files: Vec<Box<dyn InstallationFile>>,
}

impl Opening<'_> {
    /// Opens a context's database, and the store over it.
    async fn open<R: SqliteRows + PostgresRows, S: ?Sized>(
        &mut self,
        context: ContextDescription,
        on_sqlite: impl FnOnce(SqliteContext<R>) -> Arc<S>,
        on_postgres: impl FnOnce(PostgresContext<R>) -> Arc<S>,
    ) -> Result<Arc<S>, Failure> {
        let ContextDescription {
            name,
            sqlite,
            postgres,
            ..
        } = context;
        let clock = Arc::clone(self.clock);
        match self.location {
            DatabaseLocation::Folder(folder) => {
                let file = SqliteContext::open(folder, name, sqlite, clock)?;
                self.all.push(Arc::new(file.clone()));
                self.files.push(Box::new(file.clone()));
                Ok(on_sqlite(file))
            }
            DatabaseLocation::Server(server) => {
                let ids = self.ids.as_ref();
                let schema = PostgresContext::open(server, name, postgres, clock, ids).await?;
                self.all.push(Arc::new(schema.clone()));
                Ok(on_postgres(schema))
            }
        }
    }

    /// Sees to it that files are of one installation.
    async fn finish(self) -> Result<Vec<Arc<dyn ContextDatabase>>, Failure> {
        let files: Vec<&dyn InstallationFile> = self.files.iter().map(AsRef::as_ref).collect();
        sqlite::belong_together(&files, self.ids.next_id()).await?;
        Ok(self.all)
    }
}

/// The migrations of each context's database. Changes nothing.
pub(crate) async fn migration_status(settings: &Settings) -> Result<Vec<MigrationStatus>, Failure> {
    let mut found = Vec::new();
    match &settings.database_url {
        DatabaseUrl::Sqlite(folder) => {
            for ContextDescription { name, sqlite, .. } in CONTEXTS {
                let file = storage::database_file(folder, name);
                found.push(sqlite::migration_status(&file, name, sqlite)?);
            }
        }
        DatabaseUrl::Postgres(url) => {
            let server = PostgresServer::new(&url.0)?;
            for ContextDescription { name, postgres, .. } in CONTEXTS {
                found.push(postgres::migration_status(&server, name, postgres).await?);
            }
        }
    }
    Ok(found)
}
