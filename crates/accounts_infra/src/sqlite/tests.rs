//! The migration goes both ways. What the store does is in the contract suite (`tests/persistence`).

use diesel::{Connection, SqliteConnection};
use diesel_migrations::MigrationHarness;

use super::MIGRATIONS;

#[test]
fn the_migration_can_be_undone_and_done_again() {
    let mut connection = SqliteConnection::establish(":memory:").unwrap();
    connection.run_pending_migrations(MIGRATIONS).unwrap();
    connection.revert_all_migrations(MIGRATIONS).unwrap();
    connection.run_pending_migrations(MIGRATIONS).unwrap();
}
