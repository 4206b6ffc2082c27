//! Migrating a context's schema to the version of this binary, and refusing a newer one.

use std::collections::BTreeSet;

use diesel::pg::Pg;
use diesel_async::{AsyncMigrationHarness, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::{
    opening::migrations::{MigrationStatus, known_versions},
    postgres::{OpenError, PostgresServer},
};

const OWN: EmbeddedMigrations = embed_migrations!("../../migrations/storage/postgres");

/// Two processes that start at once migrate one after the other: this is the lock's number, which has no meaning.
const LOCK: i64 = 0x6f72_6465_726c_7901;

/// Reads the migrations of a context's schema, which may be missing, and changes nothing.
///
/// # Errors
/// [`OpenError`]; [`OpenError::Newer`] when the schema has migrations unknown to this binary.
pub async fn migration_status(
    server: &PostgresServer,
    schema: &'static str,
    migrations: EmbeddedMigrations,
) -> Result<MigrationStatus, OpenError> {
    let failed = |reason: String| OpenError::Migration {
        server: server.name().to_owned(),
        schema,
        reason,
    };
    let known = known_versions::<Pg>(&[&OWN, &migrations]).map_err(&failed)?;
    let mut link = server.connect(schema).await?;
    let applied = if has_migrations_table(server, schema, &mut link.connection).await? {
        applied_versions(&mut AsyncMigrationHarness::new(link.connection)).map_err(&failed)?
    } else {
        BTreeSet::new()
    };
    refuse_newer(server, schema, &known, &applied)?;
    Ok(MigrationStatus::of(schema, &known, applied))
}

/// Applies what is missing, on a connection of its own. Blocks in place: needs a runtime of several threads.
///
/// # Errors
/// [`OpenError`].
pub async fn migrate(
    server: &PostgresServer,
    schema: &'static str,
    migrations: EmbeddedMigrations,
) -> Result<(), OpenError> {
    let failed = |reason: String| OpenError::Migration {
        server: server.name().to_owned(),
        schema,
        reason,
    };
    let mut link = server.connect(schema).await?;
    server.check(&mut link.connection).await?;
    // The lock ends with the connection, so a process that ends here blocks no other.
    let prepare = format!(
        "SET lock_timeout = '60s'; SET statement_timeout = 0; SELECT pg_advisory_lock({LOCK});
         DO $$ BEGIN IF to_regnamespace('{schema}') IS NULL THEN CREATE SCHEMA {schema}; END IF; END $$;"
    );
    link.connection
        .batch_execute(&prepare)
        .await
        .map_err(|error| OpenError::refused(server.name(), &error))?;
    let known = known_versions::<Pg>(&[&OWN, &migrations]).map_err(&failed)?;
    let mut harness = AsyncMigrationHarness::new(link.connection);
    let applied = applied_versions(&mut harness).map_err(|reason| refused_or(server, reason, failed))?;
    refuse_newer(server, schema, &known, &applied)?;
    for source in [OWN, migrations] {
        harness
            .run_pending_migrations(source)
            .map_err(|error| refused_or(server, error.to_string(), failed))?;
    }
    Ok(())
}

async fn has_migrations_table(
    server: &PostgresServer,
    schema: &'static str,
    connection: &mut AsyncPgConnection,
) -> Result<bool, OpenError> {
    #[derive(diesel::QueryableByName)]
    struct Found {
        #[diesel(sql_type = diesel::sql_types::Bool)]
        found: bool,
    }
    let query = format!("SELECT to_regclass('{schema}.__diesel_schema_migrations') IS NOT NULL AS found");
    let found: Found = diesel::sql_query(query)
        .get_result(connection)
        .await
        .map_err(|error| OpenError::refused(server.name(), &error))?;
    Ok(found.found)
}

fn applied_versions(
    harness: &mut AsyncMigrationHarness<AsyncPgConnection>,
) -> Result<BTreeSet<String>, String> {
    let applied = harness.applied_migrations().map_err(|error| error.to_string())?;
    Ok(applied.iter().map(ToString::to_string).collect())
}

fn refused_or(server: &PostgresServer, reason: String, failed: impl Fn(String) -> OpenError) -> OpenError {
    if reason.contains("permission denied") {
        OpenError::Rights {
            server: server.name().to_owned(),
            reason,
        }
    } else {
        failed(reason)
    }
}

fn refuse_newer(
    server: &PostgresServer,
    schema: &'static str,
    known: &BTreeSet<String>,
    applied: &BTreeSet<String>,
) -> Result<(), OpenError> {
    match applied.difference(known).last() {
        None => Ok(()),
        Some(version) => Err(OpenError::Newer {
            server: server.name().to_owned(),
            schema,
            version: version.clone(),
        }),
    }
}
