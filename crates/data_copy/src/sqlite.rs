//! A context's file to copy from: its tables, and the rows of each.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use diesel::{
    QueryResult, QueryableByName, RunQueryDsl, SqliteConnection,
    connection::DefaultLoadingMode,
    deserialize::{self, FromSql},
    row::{Field, NamedRow, Row},
    sql_query,
    sql_types::{BigInt, Binary, Text},
    sqlite::{Sqlite, SqliteType},
};
use diesel_migrations::EmbeddedMigrations;
use storage::{
    DataFolder,
    sqlite::{OpenError, open_exclusively},
};
use uuid::Uuid;

use crate::{AnyRow, Value};

/// A context's file, locked against writes until this is dropped.
pub struct SqliteSource {
    connection: SqliteConnection,
    context: &'static str,
    file: PathBuf,
    installation: Option<Uuid>,
    tables: Vec<(String, BTreeSet<String>)>,
    count: u64,
}

impl SqliteSource {
    /// Opens a context's file and migrates it.
    ///
    /// # Errors
    /// [`OpenError`], also when another process writes to it for longer than a few seconds.
    pub fn open(
        folder: &DataFolder,
        context: &'static str,
        migrations: EmbeddedMigrations,
    ) -> Result<Self, OpenError> {
        let file = folder.database(context);
        let (mut connection, installation) = open_exclusively(&file, migrations)?;
        let mut read = || {
            let tables = tables(&mut connection)?;
            let mut count = 0;
            for (table, _) in &tables {
                count += rows_in(table, &mut connection)?;
            }
            QueryResult::Ok((tables, count))
        };
        let (tables, count) = read().map_err(|error| OpenError::unusable(&file, &error))?;
        Ok(Self {
            connection,
            context,
            file,
            installation,
            tables,
            count,
        })
    }

    /// Its file, and the installation that it belongs to.
    pub fn installation(&self) -> (&Path, Option<Uuid>) {
        (&self.file, self.installation)
    }

    /// How many rows all its tables have.
    pub const fn count(&self) -> u64 {
        self.count
    }

    pub(crate) const fn context(&self) -> &'static str {
        self.context
    }

    /// Its tables and their columns' names. A table comes after those that it refers to, since it was created after them.
    pub(crate) fn tables(&self) -> impl Iterator<Item = (&str, &BTreeSet<String>)> {
        self.tables.iter().map(|(name, columns)| (name.as_str(), columns))
    }

    /// A table's rows, read one after the other, in the order of their key.
    pub(crate) fn rows(
        &mut self,
        table: &str,
        columns: String,
        key: String,
    ) -> QueryResult<impl Iterator<Item = QueryResult<AnyRow>>> {
        sql_query(format!("SELECT {columns} FROM {table} ORDER BY {key}"))
            .load_iter::<AnyRow, DefaultLoadingMode>(&mut self.connection)
    }
}

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Counted {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

fn tables(connection: &mut SqliteConnection) -> QueryResult<Vec<(String, BTreeSet<String>)>> {
    let names: Vec<Named> = sql_query(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
         AND name <> '__diesel_schema_migrations' ORDER BY rowid",
    )
    .load(connection)?;
    let with_columns = |Named { name }: Named| {
        let columns: Vec<Named> = sql_query("SELECT name FROM pragma_table_info(?)")
            .bind::<Text, _>(&name)
            .load(connection)?;
        Ok((name, columns.into_iter().map(|column| column.name).collect()))
    };
    names.into_iter().map(with_columns).collect()
}

fn rows_in(table: &str, connection: &mut SqliteConnection) -> QueryResult<u64> {
    let counted: Counted =
        sql_query(format!("SELECT count(*) AS count FROM {table}")).get_result(connection)?;
    Ok(counted.count.unsigned_abs())
}

impl QueryableByName<Sqlite> for AnyRow {
    fn build<'a>(row: &impl NamedRow<'a, Sqlite>) -> deserialize::Result<Self> {
        let value = |place: usize| {
            let field = Row::get(row, place).ok_or("a row is shorter than it should be")?;
            let Some(value) = field.value() else {
                return Ok(Value::Null);
            };
            Ok(match value.value_type() {
                None => Value::Null,
                Some(SqliteType::Text) => Value::Text(FromSql::<Text, Sqlite>::from_sql(value)?),
                Some(SqliteType::Binary) => Value::Bytes(FromSql::<Binary, Sqlite>::from_sql(value)?),
                Some(SqliteType::SmallInt | SqliteType::Integer | SqliteType::Long) => {
                    Value::Number(FromSql::<BigInt, Sqlite>::from_sql(value)?)
                }
                Some(SqliteType::Float | SqliteType::Double) => {
                    return Err("found a float, which no table of Orderly holds".into());
                }
            })
        };
        (0..row.field_count())
            .map(value)
            .collect::<deserialize::Result<_>>()
            .map(Self)
    }
}
