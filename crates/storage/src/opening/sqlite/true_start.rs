//! A start syncs what it reads, before it builds anything on it.
//!
//! When a sync fails, Linux keeps the pages in memory and marks them clean: they read as if they were on disk, and the next sync succeeds
//! without writing them. A process that starts after such a failure reads commits out of the write-ahead log that the next loss of power
//! takes away, and would write its own commits behind the gap that they leave. So the log's bytes are written anew, which makes them dirty
//! again, and synced. The bytes do not change, so that a loss of power in the middle of it leaves no log that is worse than the one that was
//! found. Of the database's own pages, whatever may be missing is in the log: SQLite counts a page as moved into the file when the sync after
//! it succeeded, and moves it again otherwise.

use std::{
    fs::OpenOptions,
    io,
    os::unix::fs::{FileExt, OpenOptionsExt},
    path::Path,
};

use diesel::{QueryableByName, RunQueryDsl, SqliteConnection, connection::SimpleConnection, sql_query};

use crate::{
    opening::{
        folders::{FILE_MODE, sync_folder},
        sqlite::placed_file::log_of,
    },
    sqlite::OpenError,
};

/// How much of a log is read and written at a time.
const CHUNK: usize = 1 << 20;

/// Syncs a database file as it is, and makes it when it is missing. To be called before this process has a connection to it: to close
/// any descriptor of a file gives back all locks that the process holds on it.
pub(super) fn sync_file(file: &Path) -> Result<(), OpenError> {
    let synced = || {
        let opened = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(FILE_MODE)
            .open(file)?;
        opened.sync_all()?;
        sync_folder_of(file)
    };
    synced().map_err(|error| OpenError::unusable_for(file, &error))
}

/// Syncs whatever `connection` reads of `file`.
pub(super) fn make_true(connection: &mut SqliteConnection, file: &Path) -> Result<(), OpenError> {
    #[cfg(debug_assertions)]
    if crate::canary::KnownBug::TrustedLog.is_on() {
        return Ok(());
    }
    // As long as this transaction is open, no other connection appends to the log or empties it.
    connection
        .batch_execute("BEGIN IMMEDIATE")
        .map_err(|error| OpenError::unusable(file, &error))?;
    let log = log_of(file);
    let rewritten = rewrite(&log).map_err(|error| OpenError::unusable_for(&log, &error));
    connection
        .batch_execute("ROLLBACK")
        .map_err(|error| OpenError::unusable(file, &error))?;
    rewritten?;
    fold(connection).map_err(|error| OpenError::unusable(file, &error))?;
    // SQLite syncs the folder after it has made a log, but ignores the result.
    sync_folder_of(file).map_err(|error| OpenError::unusable_for(file, &error))
}

/// Writes a file's bytes anew, where they are, and syncs them. SQLite holds no lock on a log that closing the file could give back.
fn rewrite(file: &Path) -> io::Result<()> {
    let file = OpenOptions::new().read(true).write(true).open(file)?;
    let mut chunk = vec![0; CHUNK];
    let mut offset = 0;
    loop {
        let read = match file.read_at(&mut chunk, offset) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read?,
        };
        let bytes = chunk.get(..read).unwrap_or_default();
        if bytes.is_empty() {
            return file.sync_all();
        }
        file.write_all_at(bytes, offset)?;
        offset += read as u64;
    }
}

/// How a checkpoint ended.
#[derive(QueryableByName)]
struct Checkpoint {
    #[diesel(sql_type = diesel::sql_types::Integer)]
    busy: i32,
    #[diesel(sql_type = diesel::sql_types::Integer)]
    log: i32,
    #[diesel(sql_type = diesel::sql_types::Integer)]
    checkpointed: i32,
}

/// Moves the log into the file, and empties it. While other connections read or write, some or all of it stays in the log, where it is on disk
/// as well; no connection has to wait.
fn fold(connection: &mut SqliteConnection) -> diesel::QueryResult<()> {
    connection.batch_execute("PRAGMA busy_timeout = 0")?;
    let Checkpoint {
        busy,
        log,
        checkpointed,
    } = sql_query("PRAGMA wal_checkpoint(TRUNCATE)").get_result(connection)?;
    if busy != 0 || log != checkpointed {
        tracing::debug!(
            log,
            checkpointed,
            "others use the write-ahead log, which keeps what it holds"
        );
    }
    connection.batch_execute(crate::opening::sqlite::connection::PATIENCE)
}

fn sync_folder_of(file: &Path) -> io::Result<()> {
    match file.parent() {
        Some(folder) => sync_folder(folder),
        None => Ok(()),
    }
}
