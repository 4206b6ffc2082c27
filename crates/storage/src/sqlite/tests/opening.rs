//! What is refused before a file is used.

use diesel::{Connection, connection::SimpleConnection};

use super::*;
use crate::sqlite::{OpenError, migration_status};

#[tokio::test]
async fn a_file_of_a_newer_version_is_refused_and_left_alone() {
    let fixture = Fixture::new();
    fixture.context.close().await;
    let file = fixture.folder.database("things");
    SqliteConnection::establish(&file.display().to_string())
        .unwrap()
        .batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000000')")
        .unwrap();
    let clock = Arc::clone(&fixture.clock) as Arc<dyn Clock>;
    let Err(error) = SqliteContext::<Things>::open(&fixture.folder, "things", MIGRATIONS, clock) else {
        panic!("opened");
    };
    assert!(
        matches!(&error, OpenError::Newer { version, .. } if version == "29990101000000"),
        "{error}"
    );
    assert!(matches!(
        migration_status(&file, "things", MIGRATIONS),
        Err(OpenError::Newer { .. })
    ));
}

#[tokio::test]
async fn the_status_tells_what_is_applied_and_changes_nothing() {
    let fixture = Fixture::new();
    let status = migration_status(&fixture.folder.database("things"), "things", MIGRATIONS).unwrap();
    assert_eq!((status.applied.len(), status.pending.len()), (7, 0));
    let missing = fixture.folder.database("missing");
    let status = migration_status(&missing, "missing", MIGRATIONS).unwrap();
    assert_eq!((status.applied.len(), status.pending.len()), (0, 7));
    assert!(!missing.exists());
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let fixture = Fixture::new();
    std::fs::write(
        fixture.folder.database("odd"),
        "this is no database, and long enough to be looked at".repeat(50),
    )
    .unwrap();
    let clock = Arc::clone(&fixture.clock) as Arc<dyn Clock>;
    let result = SqliteContext::<Things>::open(&fixture.folder, "odd", MIGRATIONS, clock);
    assert!(matches!(result, Err(OpenError::Unusable { .. })));
}
