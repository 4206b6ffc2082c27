//! Migrating a context's file to the schema of this binary, and refusing a newer one.

use std::{collections::BTreeSet, path::Path};

use diesel::{SqliteConnection, sqlite::Sqlite};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::{
    opening::{migrations::MigrationStatus, sqlite::connection},
    sqlite::OpenError,
};

const OWN: EmbeddedMigrations = embed_migrations!("../../migrations/storage/sqlite");

/// Reads the migrations of a context's file, which may be missing, and changes nothing.
///
/// # Errors
/// [`OpenError::Newer`] when the file has migrations unknown to this binary.
pub fn migration_status(
    file: &Path,
    context: &'static str,
    migrations: EmbeddedMigrations,
) -> Result<MigrationStatus, OpenError> {
    let known = known_versions(&migrations)?;
    let applied = if file.exists() {
        // A file without Diesel's own table has no migrations; reading with a read-only connection must not make that table.
        let mut connection = connection::open_for_reading(file)?;
        applied_versions(&mut connection).unwrap_or_default()
    } else {
        BTreeSet::new()
    };
    refuse_newer(file, &known, &applied)?;
    Ok(MigrationStatus::of(context, &known, applied))
}

/// Applies what is missing.
pub(super) fn migrate(
    connection: &mut SqliteConnection,
    file: &Path,
    migrations: EmbeddedMigrations,
) -> Result<(), OpenError> {
    let failed = |reason: String| OpenError::Migration {
        file: file.to_owned(),
        reason,
    };
    let known = known_versions(&migrations)?;
    let applied = applied_versions(connection).map_err(&failed)?;
    refuse_newer(file, &known, &applied)?;
    for source in [OWN, migrations] {
        connection
            .run_pending_migrations(source)
            .map_err(|error| failed(error.to_string()))?;
    }
    Ok(())
}

fn known_versions(migrations: &EmbeddedMigrations) -> Result<BTreeSet<String>, OpenError> {
    crate::opening::migrations::known_versions::<Sqlite>(&[&OWN, migrations]).map_err(|reason| {
        OpenError::Migration {
            file: "(embedded)".into(),
            reason,
        }
    })
}

fn applied_versions(connection: &mut SqliteConnection) -> Result<BTreeSet<String>, String> {
    let applied = connection
        .applied_migrations()
        .map_err(|error| error.to_string())?;
    Ok(applied.iter().map(ToString::to_string).collect())
}

fn refuse_newer(file: &Path, known: &BTreeSet<String>, applied: &BTreeSet<String>) -> Result<(), OpenError> {
    match applied.difference(known).last() {
        None => Ok(()),
        Some(version) => Err(OpenError::Newer {
            file: file.to_owned(),
            version: version.clone(),
        }),
    }
}
