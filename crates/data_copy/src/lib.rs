//! Copies all that contexts store from SQLite to PostgreSQL, in one transaction, and compares each row with what is read back. The
//! tables and their columns are read from the databases themselves.
//!
//! Deliberately not here: any table's name, any context, and the command line.

mod postgres;
mod sqlite;

pub use postgres::CopyTarget;
pub use sqlite::SqliteSource;

use std::collections::HashMap;

use storage::ReadError;

use postgres::TargetTable;

/// How many rows are written at a time.
const PAGE: usize = 1_000;

/// The value of a column, on either engine: of an id its bytes, of a time its microseconds, of a flag 0 or 1, of JSON its text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Value {
    Null,
    Number(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// A row of any table, its values in the order in which they were asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct AnyRow(pub(crate) Vec<Value>);

/// A table that was copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CopiedTable {
    /// Its context.
    pub context: &'static str,
    /// Its name.
    pub table: String,
    /// How many rows it has.
    pub rows: u64,
}

/// Why nothing was copied. What was written by then is undone.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The target is not empty.
    #[error("{server}: found rows in {table}, expected an empty database")]
    NotEmpty {
        /// Host, port and database.
        server: String,
        /// The table, with its schema.
        table: String,
    },
    /// What was read back is not what was written.
    #[error("{table}: found {found}, expected {expected}; nothing was copied")]
    Differs {
        /// The table, with its schema.
        table: String,
        /// What is on PostgreSQL.
        found: String,
        /// What is on SQLite.
        expected: String,
    },
    /// A database returned an error.
    #[error("{table}: {reason}; nothing was copied")]
    Failed {
        /// The table, with its schema.
        table: String,
        /// The database's error.
        reason: ReadError,
    },
    /// A power loss would lose what was copied.
    #[error("{server}: {reason}; nothing was copied")]
    NotKept {
        /// Host, port and database.
        server: String,
        /// Which of its settings cause that.
        reason: String,
    },
    /// The connection broke in COMMIT.
    #[error(
        "{server}: the connection broke in COMMIT ({reason}); copy again: if all is there already, that finds rows and says so"
    )]
    OutcomeUnknown {
        /// Host, port and database.
        server: String,
        /// The error of the network.
        reason: String,
    },
}

/// Copies every table of every source in one transaction, compares each row with what is read back, and commits. Reports to `copied` how many
/// more rows are done.
///
/// # Errors
/// [`CopyError`]; nothing was copied, except that this is not known after [`CopyError::OutcomeUnknown`].
pub async fn copy(
    sources: &mut [SqliteSource],
    target: CopyTarget,
    copied: impl Fn(u64),
) -> Result<Vec<CopiedTable>, CopyError> {
    // All of them before anything is written: so a wrong target is refused at once.
    let mut pairs = Vec::new();
    for (place, source) in sources.iter().enumerate() {
        target.enter(source.context()).await?;
        for (table, columns) in source.tables() {
            pairs.push((place, target.empty_table(source.context(), table, columns).await?));
        }
    }
    let mut tables = Vec::new();
    for (place, table) in pairs {
        let Some(source) = sources.get_mut(place) else {
            continue;
        };
        let context = source.context();
        target.enter(context).await?;
        let rows = copy_table(source, &target, &table, &copied).await?;
        let table = table.name().to_owned();
        tables.push(CopiedTable { context, table, rows });
    }
    number_events_on(sources, &target).await?;
    target.commit().await?;
    Ok(tables)
}

/// Makes each log go on after every number in use: its own events', which `finish` does, and those after which consumers began. A log that was
/// pruned holds fewer numbers than were given.
async fn number_events_on(sources: &[SqliteSource], target: &CopyTarget) -> Result<(), CopyError> {
    let mut beginnings = Vec::new();
    for source in sources {
        target.enter(source.context()).await?;
        beginnings.extend(target.beginnings(source.context()).await?);
    }
    for source in sources {
        let own = beginnings.iter().filter(|(name, _)| name == source.context());
        if let Some(last) = own.map(|(_, number)| *number).max() {
            target.enter(source.context()).await?;
            target.number_events_after(source.context(), last).await?;
        }
    }
    Ok(())
}

async fn copy_table(
    source: &mut SqliteSource,
    target: &CopyTarget,
    table: &TargetTable,
    copied: impl Fn(u64),
) -> Result<u64, CopyError> {
    let failed = |reason: ReadError| table.failed(reason);
    let mut rows = source
        .rows(table.name(), table.columns(), table.key())
        .map_err(|error| failed(error.into()))?
        // SQLite would begin again if it were asked once more after the end.
        .fuse();
    let mut count = 0;
    loop {
        let page: Vec<AnyRow> = rows
            .by_ref()
            .take(PAGE)
            .collect::<Result<_, _>>()
            .map_err(|error| failed(error.into()))?;
        if page.is_empty() {
            break;
        }
        target.insert(table, &page).await.map_err(failed)?;
        let found = target.read_back(table, &page).await.map_err(failed)?;
        compare(table, &page, found)?;
        count += page.len() as u64;
        copied(page.len() as u64);
    }
    // There cannot be more rows than these: each of them was found, and their keys are unique.
    let found = target.finish(table).await.map_err(failed)?;
    if found == count {
        return Ok(count);
    }
    Err(table.differs(format!("{found} rows"), format!("{count} rows")))
}

fn compare(table: &TargetTable, written: &[AnyRow], found: Vec<AnyRow>) -> Result<(), CopyError> {
    let mut found: HashMap<AnyRow, AnyRow> = found.into_iter().map(|row| (table.key_of(&row), row)).collect();
    let different = written
        .iter()
        .filter(|row| {
            let other = found.remove(&table.key_of(row));
            other.is_none_or(|other| !table.is_same(row, &other))
        })
        .count();
    if different == 0 && found.is_empty() {
        return Ok(());
    }
    // No message has the rows themselves: some hold secrets.
    Err(table.differs(
        format!("{different} of {} rows changed on the way", written.len()),
        "every row as it is on SQLite".to_owned(),
    ))
}
