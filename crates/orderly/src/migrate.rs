//! `orderly migrate`: the migrations of the databases, and applying missing ones.

use serde_json::json;

use crate::{
    database_location::DatabaseLocation,
    databases::{Databases, migration_status},
    failure::Failure,
    settings::Settings,
};

/// Applies what is missing.
pub(crate) async fn up(settings: &Settings) -> Result<(), Failure> {
    // Opening a database migrates it: no other code ever sees one that is behind.
    Databases::open_at(&DatabaseLocation::of(&settings.database_url)?)
        .await?
        .close()
        .await;
    println!("every database is up to date");
    Ok(())
}

/// Prints what is applied and what is missing.
pub(crate) async fn status(settings: &Settings, as_json: bool) -> Result<(), Failure> {
    let found = migration_status(settings).await?;
    let missing: usize = found.iter().map(|status| status.pending.len()).sum();
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
