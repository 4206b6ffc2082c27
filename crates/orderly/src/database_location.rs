//! Where an installation's databases are, and the locks that only one process can hold there.

use std::{
    fs::{File, TryLockError},
    os::unix::fs::OpenOptionsExt,
};

use storage::{
    DataFolder,
    data_folder::ServingLock,
    folders::FILE_MODE,
    postgres::{self, PostgresLock, PostgresServer},
};

use crate::{databases::CONTEXTS, failure::Failure, settings::DatabaseUrl};

/// Where the databases are.
pub(crate) enum DatabaseLocation {
    Folder(DataFolder),
    Server(Box<PostgresServer>),
}

/// Held by the one process that does what the lock is for; released when it is dropped, and when the process ends.
pub(crate) enum Lock {
    File { _held: File },
    Session { _held: Box<PostgresLock> },
}

impl DatabaseLocation {
    /// The location that a URL names. A missing folder is made.
    pub(crate) fn of(url: &DatabaseUrl) -> Result<Self, Failure> {
        Ok(match url {
            DatabaseUrl::Sqlite(folder) => Self::Folder(DataFolder::open(folder)?),
            DatabaseUrl::Postgres(url) => Self::Server(Box::new(PostgresServer::new(&url.0)?)),
        })
    }

    /// The same, for a command that reads an installation and must not make one.
    pub(crate) async fn of_an_installation(url: &DatabaseUrl) -> Result<Self, Failure> {
        let none = |location: &dyn std::fmt::Display| {
            Failure::unavailable(format!("there is no installation in {location}"))
        };
        let [accounts, ..] = CONTEXTS;
        match url {
            DatabaseUrl::Sqlite(folder) if !storage::database_file(folder, accounts.name).exists() => {
                Err(none(&folder.display()))
            }
            DatabaseUrl::Sqlite(_) => Self::of(url),
            DatabaseUrl::Postgres(url) => {
                let server = PostgresServer::new(&url.0)?;
                let status = postgres::migration_status(&server, accounts.name, accounts.postgres).await?;
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

    /// Takes the lock of the one process that may do a thing, or refuses because that is being `done` already.
    pub(crate) async fn lock_for(&self, thing: &str, done: &str) -> Result<Lock, Failure> {
        let already = |location: &dyn std::fmt::Display| {
            Failure::unavailable(format!("{location} is being {done} already"))
        };
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
                    .mode(FILE_MODE)
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
