//! A context's file with the write lock, while all of it is read.

use std::path::Path;

use diesel::{SqliteConnection, connection::SimpleConnection};
use diesel_migrations::EmbeddedMigrations;
use uuid::Uuid;

use crate::{
    opening::sqlite::{connection, installation_id, migrations},
    sqlite::OpenError,
};

/// Opens a context's file and migrates it. No other connection writes to it until this one is dropped. Returns the installation that the
/// file belongs to.
///
/// # Errors
/// [`OpenError`], also when another connection writes to it for longer than a few seconds.
pub fn open_exclusively(
    file: &Path,
    migrations: EmbeddedMigrations,
) -> Result<(SqliteConnection, Option<Uuid>), OpenError> {
    let (mut connection, _) = connection::open_for_writing(file)?;
    migrations::migrate(&mut connection, file, migrations)?;
    let begun = connection.batch_execute("BEGIN IMMEDIATE");
    let read = begun.and_then(|()| installation_id::read(&mut connection));
    let installation = read.map_err(|error| OpenError::unusable(file, &error))?;
    Ok((connection, installation))
}
