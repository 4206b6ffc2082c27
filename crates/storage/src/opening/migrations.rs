//! The migrations that exist, on any engine.

use std::collections::BTreeSet;

use diesel::{backend::Backend, migration::MigrationSource};
use diesel_migrations::EmbeddedMigrations;

/// The state of one context's migrations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigrationStatus {
    /// The context.
    pub context: &'static str,
    /// Migrations of this binary that the database has.
    pub applied: Vec<String>,
    /// Migrations of this binary that the database lacks.
    pub pending: Vec<String>,
}

impl MigrationStatus {
    pub(crate) fn of(context: &'static str, known: &BTreeSet<String>, applied: BTreeSet<String>) -> Self {
        Self {
            context,
            pending: known.difference(&applied).cloned().collect(),
            applied: applied.into_iter().collect(),
        }
    }
}

/// The versions of all of these.
pub(crate) fn known_versions<DB: Backend>(
    sources: &[&EmbeddedMigrations],
) -> Result<BTreeSet<String>, String> {
    let mut versions = BTreeSet::new();
    for source in sources {
        let found = MigrationSource::<DB>::migrations(*source).map_err(|error| error.to_string())?;
        versions.extend(
            found
                .iter()
                .map(|migration| migration.name().version().to_string()),
        );
    }
    Ok(versions)
}
