//! Connections to one file, each with every pragma set, and the checks made once at start.

use std::path::Path;

use diesel::{Connection, RunQueryDsl, SqliteConnection, connection::SimpleConnection, sql_query};

use crate::{
    opening::sqlite::{placed_file::PlacedFile, true_start},
    sqlite::OpenError,
};

/// SQLite 3.7.0 to 3.51.2 can lose commits when two connections checkpoint at once.
const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);

/// Pragmas hold for one connection only, so each gets them all. `synchronous = FULL` syncs the log at every
/// commit: with NORMAL a commit survives a kill of the process, but not the loss of power. The writer keeps 16 MB of pages from one commit to
/// the next; a reader drops its pages at every commit of another connection, so SQLite's default of 2 MB is enough.
const WRITING: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
     PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA temp_store = MEMORY;
     PRAGMA cache_size = -16000; PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864;";
const READING: &str = "PRAGMA query_only = ON; PRAGMA trusted_schema = OFF;
     PRAGMA temp_store = MEMORY;";

/// How long a connection waits for another's lock.
pub(super) const PATIENCE: &str = "PRAGMA busy_timeout = 5000";

/// The connection that writes, and the identity of its file. Makes the file when it is missing, and syncs whatever is read of it. To be called
/// before this process has another connection to the file.
pub(super) fn open_for_writing(file: &Path) -> Result<(SqliteConnection, PlacedFile), OpenError> {
    true_start::sync_file(file)?;
    let mut connection = open(file, "rw", WRITING)?;
    check_settings(&mut connection, file)?;
    #[cfg(debug_assertions)]
    if crate::canary::KnownBug::SyncsAtCheckpointsOnly.is_on() {
        let normal = connection.batch_execute("PRAGMA synchronous = NORMAL");
        normal.map_err(|error| OpenError::unusable(file, &error))?;
    }
    let is_made_true = true_start::make_true(&mut connection, file);
    let placed = is_made_true.and_then(|()| PlacedFile::at(file))?;
    Ok((connection, placed))
}

/// A new connection that writes, to the file that was opened before and to no other.
pub(crate) fn open_again_for_writing(file: &PlacedFile) -> Result<SqliteConnection, OpenError> {
    file.check_place()?;
    let mut connection = open(file.path(), "rw", WRITING)?;
    check_settings(&mut connection, file.path())?;
    file.check_place()?;
    let checked = file.check_content(&mut connection);
    checked.map_err(|error| OpenError::unusable(file.path(), &error))??;
    Ok(connection)
}

/// A connection that cannot write.
pub(crate) fn open_for_reading(file: &Path) -> Result<SqliteConnection, OpenError> {
    open(file, "ro", READING)
}

/// Never makes a file: `mode` is `rw` or `ro`.
fn open(file: &Path, mode: &str, pragmas: &str) -> Result<SqliteConnection, OpenError> {
    let url = format!("file:{}?mode={mode}", escaped(file));
    let mut connection =
        SqliteConnection::establish(&url).map_err(|error| OpenError::unusable_for(file, &error))?;
    connection
        .batch_execute(&format!("{PATIENCE}; {pragmas}"))
        .map_err(|error| OpenError::unusable(file, &error))?;
    Ok(connection)
}

/// In a `file:` URI these three mean something else than themselves.
fn escaped(file: &Path) -> String {
    file.display()
        .to_string()
        .replace('%', "%25")
        .replace('?', "%3f")
        .replace('#', "%23")
}

#[derive(diesel::QueryableByName)]
struct Settings {
    #[diesel(sql_type = diesel::sql_types::Text)]
    version: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    journal_mode: String,
    #[diesel(sql_type = diesel::sql_types::Integer)]
    synchronous: i32,
}

fn check_settings(connection: &mut SqliteConnection, file: &Path) -> Result<(), OpenError> {
    let found: Settings = sql_query(
        "SELECT sqlite_version() AS version,
                (SELECT journal_mode FROM pragma_journal_mode) AS journal_mode,
                (SELECT synchronous FROM pragma_synchronous) AS synchronous",
    )
    .get_result(connection)
    .map_err(|error| OpenError::unusable(file, &error))?;
    if parsed(&found.version).is_none_or(|version| version < OLDEST_SQLITE) {
        let (major, minor, patch) = OLDEST_SQLITE;
        return Err(OpenError::Settings {
            file: file.to_owned(),
            found: format!("SQLite {}", found.version),
            expected: format!("at least {major}.{minor}.{patch}"),
        });
    }
    if found.journal_mode != "wal" || found.synchronous != 2 {
        return Err(OpenError::Settings {
            file: file.to_owned(),
            found: format!(
                "journal_mode={} synchronous={}",
                found.journal_mode, found.synchronous
            ),
            expected: "journal_mode=wal synchronous=2 (FULL)".to_owned(),
        });
    }
    Ok(())
}

fn parsed(version: &str) -> Option<(u32, u32, u32)> {
    let mut numbers = version.split('.').map(str::parse);
    Some((
        numbers.next()?.ok()?,
        numbers.next()?.ok()?,
        numbers.next()?.ok()?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_as_numbers() {
        assert!(parsed("3.51.3") >= Some(OLDEST_SQLITE));
        assert!(parsed("3.100.0") > Some(OLDEST_SQLITE));
        assert!(parsed("3.51.2") < Some(OLDEST_SQLITE));
        assert_eq!(parsed("three"), None);
    }

    #[test]
    fn a_reading_connection_cannot_write() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("odd?name%20#1.sqlite");
        let (mut writer, _) = open_for_writing(&file).unwrap();
        writer.batch_execute("CREATE TABLE things (id INTEGER)").unwrap();
        let mut reader = open_for_reading(&file).unwrap();
        assert!(reader.batch_execute("INSERT INTO things VALUES (1)").is_err());
        assert!(reader.batch_execute("SELECT * FROM things").is_ok());
    }
}
