//! Moving from SQLite to PostgreSQL: all of it or nothing, into an empty database, without a visible difference.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests stop at the first thing that is not as they say"
)]

mod moving;
mod refusing;

use acceptance::Installation;

/// The command that copies from the folder in which it runs to the database of this installation.
fn copy_to(target: &Installation) -> [String; 6] {
    let url = target.database().url().to_string();
    ["copy", "--from", "sqlite:data", "--to", &url, "--json"].map(str::to_owned)
}

/// The same as arguments are given.
fn arguments(copy: &[String]) -> Vec<&str> {
    copy.iter().map(String::as_str).collect()
}

/// How many rows are in the tables that are copied to.
fn rows_in(target: &Installation) -> u64 {
    let counts = target.database().run(
        "SELECT format('SELECT count(*) FROM %I.%I', table_schema, table_name) FROM information_schema.tables
         WHERE table_schema IN ('accounts', 'catalog', 'ordering', 'inventory', 'notifications')
           AND table_name NOT IN ('__diesel_schema_migrations', 'committers', 'relay_lease')",
    );
    counts
        .lines()
        .map(|count| target.database().run(count).trim().parse::<u64>().unwrap())
        .sum()
}
