//! `orderly migrate`: what schema the databases have, and bringing it up to date.

use diesel_migrations::EmbeddedMigrations;
use serde_json::json;
use storage::{DataFolder, sqlite::migration_status};

use crate::{
    failure::Failure,
    installation::{Installation, data_folder},
    settings::Settings,
};

/// Applies what is missing.
pub(crate) async fn up(settings: &Settings) -> Result<(), Failure> {
    let folder = DataFolder::open(data_folder(settings))?;
    // To open is to migrate: nothing else ever sees a database that is behind.
    Installation::open(settings, &folder)?.close().await;
    println!("every database is up to date");
    Ok(())
}

/// Tells what is applied and what is missing.
pub(crate) fn status(settings: &Settings, as_json: bool) -> Result<(), Failure> {
    let folder = data_folder(settings);
    let contexts: [(&'static str, EmbeddedMigrations); 2] = [
        ("accounts", accounts_infra::sqlite::MIGRATIONS),
        ("ordering", ordering_infra::sqlite::MIGRATIONS),
    ];
    let mut missing = 0;
    let mut found = Vec::new();
    for (context, migrations) in contexts {
        let status = migration_status(&storage::database_file(folder, context), context, migrations)?;
        missing += status.pending.len();
        found.push(status);
    }
    if as_json {
        let contexts: Vec<_> = found
            .iter()
            .map(|status| json!({ "context": status.context, "applied": status.applied, "pending": status.pending }))
            .collect();
        println!("{}", json!({ "contexts": contexts }));
    } else {
        for status in &found {
            println!(
                "{}: {} applied, {} missing",
                status.context,
                status.applied.len(),
                status.pending.len()
            );
        }
    }
    match missing {
        0 => Ok(()),
        missing => Err(Failure::check(format!(
            "{missing} migrations are missing; run orderly migrate up"
        ))),
    }
}
