//! The contexts' databases, on the engine that the settings name: the one place that knows which engines there are.

use std::{
    fs::{File, TryLockError},
    path::Path,
    sync::Arc,
};

use accounts_infra::AccountsAdapter;
use message_bus::ContextOperations;
use ordering_infra::OrderingAdapter;
use shared_kernel::{Clock, IdGenerator};
use storage::{
    CommitStatistics, ContextDatabase, DataFolder,
    data_folder::ServingLock,
    migrations::MigrationStatus,
    postgres::{self, CopyTarget, PostgresContext, PostgresLock, PostgresServer},
    sqlite::{self, SqliteContext, SqliteSource},
};

use crate::{
    failure::Failure,
    settings::{DatabaseUrl, Settings},
};

/// Where the databases are.
pub(crate) enum Place {
    Folder(DataFolder),
    Server(Box<PostgresServer>),
}

/// Held by the one process that does what the lock is for; given back when it is dropped, and when the process dies.
pub(crate) enum Lock {
    File { _held: File },
    Session { _held: Box<PostgresLock> },
}

/// Every context's database, open, and the adapters over it.
pub(crate) struct Databases {
    pub(crate) accounts: Arc<dyn ContextDatabase>,
    pub(crate) ordering: Arc<dyn ContextDatabase>,
    pub(crate) accounts_adapter: AccountsAdapter,
    pub(crate) ordering_adapter: OrderingAdapter,
}

impl Place {
    /// The place that a URL names. A folder that is missing is made.
    pub(crate) fn of(url: &DatabaseUrl) -> Result<Self, Failure> {
        Ok(match url {
            DatabaseUrl::Sqlite(folder) => Self::Folder(DataFolder::open(folder)?),
            DatabaseUrl::Postgres(url) => Self::Server(Box::new(PostgresServer::new(&url.0)?)),
        })
    }

    /// The same, for who wants to look at an installation and not to make one.
    pub(crate) async fn of_an_installation(url: &DatabaseUrl) -> Result<Self, Failure> {
        let none = |place: &dyn std::fmt::Display| {
            Failure::unavailable(format!("there is no installation in {place}"))
        };
        match url {
            DatabaseUrl::Sqlite(folder) if !storage::database_file(folder, "accounts").exists() => {
                Err(none(&folder.display()))
            }
            DatabaseUrl::Sqlite(_) => Self::of(url),
            DatabaseUrl::Postgres(url) => {
                let server = PostgresServer::new(&url.0)?;
                let migrations = accounts_infra::postgres::MIGRATIONS;
                let status = postgres::migration_status(&server, "accounts", migrations).await?;
                if status.applied.is_empty() {
                    return Err(none(&server.name()));
                }
                Ok(Self::Server(Box::new(server)))
            }
        }
    }

    /// Takes the lock of the one process that may serve a folder. Several may serve a database on a server.
    pub(crate) fn lock_for_serving(&self) -> Result<Option<ServingLock>, Failure> {
        match self {
            Self::Folder(folder) => Ok(Some(folder.lock_for_serving()?)),
            Self::Server(_) => Ok(None),
        }
    }

    /// Takes the lock of the one process that may do a thing, or says that the place is being `done` already.
    pub(crate) async fn lock_for(&self, thing: &str, done: &str) -> Result<Lock, Failure> {
        let already =
            |place: &dyn std::fmt::Display| Failure::unavailable(format!("{place} is being {done} already"));
        match self {
            Self::Folder(folder) => {
                let path = folder.path().join(format!("{thing}.lock"));
                let cannot = |error: std::io::Error| {
                    Failure::unavailable(format!("cannot lock {}: {error}", path.display()))
                };
                let file = File::options()
                    .create(true)
                    .truncate(false)
                    .write(true)
                    .open(&path)
                    .map_err(cannot)?;
                match file.try_lock() {
                    Ok(()) => Ok(Lock::File { _held: file }),
                    Err(TryLockError::WouldBlock) => Err(already(&folder.path().display())),
                    Err(TryLockError::Error(error)) => Err(cannot(error)),
                }
            }
            Self::Server(server) => match server.try_lock(thing).await? {
                Some(held) => Ok(Lock::Session {
                    _held: Box::new(held),
                }),
                None => Err(already(&server.name())),
            },
        }
    }
}

impl Databases {
    /// Opens every context's database, migrated to what this binary knows.
    pub(crate) async fn open(
        place: &Place,
        clock: &Arc<dyn Clock>,
        ids: &Arc<dyn IdGenerator>,
    ) -> Result<Self, Failure> {
        match place {
            Place::Folder(folder) => {
                let accounts = SqliteContext::open(
                    folder,
                    "accounts",
                    accounts_infra::sqlite::MIGRATIONS,
                    Arc::clone(clock),
                )?;
                let ordering = SqliteContext::open(
                    folder,
                    "ordering",
                    ordering_infra::sqlite::MIGRATIONS,
                    Arc::clone(clock),
                )?;
                Ok(Self {
                    accounts: Arc::new(accounts.clone()),
                    ordering: Arc::new(ordering.clone()),
                    accounts_adapter: AccountsAdapter::on_sqlite(accounts, Arc::clone(ids)),
                    ordering_adapter: OrderingAdapter::on_sqlite(ordering, Arc::clone(ids)),
                })
            }
            Place::Server(server) => {
                let accounts = PostgresContext::open(
                    server,
                    "accounts",
                    accounts_infra::postgres::MIGRATIONS,
                    Arc::clone(clock),
                    ids.as_ref(),
                )
                .await?;
                let ordering = PostgresContext::open(
                    server,
                    "ordering",
                    ordering_infra::postgres::MIGRATIONS,
                    Arc::clone(clock),
                    ids.as_ref(),
                )
                .await?;
                Ok(Self {
                    accounts: Arc::new(accounts.clone()),
                    ordering: Arc::new(ordering.clone()),
                    accounts_adapter: AccountsAdapter::on_postgres(accounts, Arc::clone(ids)),
                    ordering_adapter: OrderingAdapter::on_postgres(ordering, Arc::clone(ids)),
                })
            }
        }
    }

    /// The contexts, as operators see them.
    pub(crate) fn contexts(&self) -> Vec<Arc<dyn ContextOperations>> {
        vec![Arc::clone(&self.accounts) as _, Arc::clone(&self.ordering) as _]
    }

    /// Commits what is queued and closes the databases. Says what each context committed.
    pub(crate) async fn close(&self) -> [(&'static str, CommitStatistics); 2] {
        [
            ("accounts", self.accounts.close().await),
            ("ordering", self.ordering.close().await),
        ]
    }
}

/// Every context's file in a folder and its schema on a server, both migrated to what this binary knows.
pub(crate) async fn open_for_copying(
    folder: &DataFolder,
    server: &PostgresServer,
) -> Result<(Vec<SqliteSource>, CopyTarget), Failure> {
    let sources = vec![
        SqliteSource::open(folder, "accounts", accounts_infra::sqlite::MIGRATIONS)?,
        SqliteSource::open(folder, "ordering", ordering_infra::sqlite::MIGRATIONS)?,
    ];
    postgres::migrate(server, "accounts", accounts_infra::postgres::MIGRATIONS).await?;
    postgres::migrate(server, "ordering", ordering_infra::postgres::MIGRATIONS).await?;
    Ok((sources, CopyTarget::begin(server).await?))
}

/// What schema each context's database has. Changes nothing.
pub(crate) async fn migration_status(settings: &Settings) -> Result<Vec<MigrationStatus>, Failure> {
    let on_sqlite = |folder: &Path, context, migrations| {
        sqlite::migration_status(&storage::database_file(folder, context), context, migrations)
    };
    Ok(match &settings.database_url {
        DatabaseUrl::Sqlite(folder) => vec![
            on_sqlite(folder, "accounts", accounts_infra::sqlite::MIGRATIONS)?,
            on_sqlite(folder, "ordering", ordering_infra::sqlite::MIGRATIONS)?,
        ],
        DatabaseUrl::Postgres(url) => {
            let server = PostgresServer::new(&url.0)?;
            vec![
                postgres::migration_status(&server, "accounts", accounts_infra::postgres::MIGRATIONS).await?,
                postgres::migration_status(&server, "ordering", ordering_infra::postgres::MIGRATIONS).await?,
            ]
        }
    })
}
