//! A connection to either engine, for statements that both understand.

use diesel::{
    QueryableByName, SqliteConnection,
    deserialize::FromSqlRow,
    pg::Pg,
    result::{Error as DieselError, QueryResult},
    sql_types::{BigInt, Nullable, Untyped},
    sqlite::Sqlite,
};
use diesel_async::{AsyncConnectionCore, AsyncPgConnection};
use futures_util::{FutureExt, TryStreamExt, future::BoxFuture};

use crate::{ReadError, statement::Statement};

/// A connection to either engine.
pub enum AnyConnection<'a> {
    /// It answers on the thread that asks.
    Sqlite(&'a mut SqliteConnection),
    /// Others may use it at the same time.
    Postgres(&'a AsyncPgConnection),
}

/// What is found out, on either engine. On SQLite it waits for nothing.
pub type Answer<'a, T> = BoxFuture<'a, Result<T, ReadError>>;

/// A row that can be read from either engine, by the names of its columns.
pub trait AnyRow: FromSqlRow<Untyped, Sqlite> + FromSqlRow<Untyped, Pg> + Send + 'static {}

impl<T: FromSqlRow<Untyped, Sqlite> + FromSqlRow<Untyped, Pg> + Send + 'static> AnyRow for T {}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = Nullable<BigInt>)]
    number: Option<i64>,
}

impl AnyConnection<'_> {
    /// The rows that a statement finds.
    ///
    /// # Errors
    /// The database's error.
    pub async fn load<T: AnyRow>(&mut self, statement: Statement) -> QueryResult<Vec<T>> {
        match self {
            Self::Sqlite(connection) => diesel::RunQueryDsl::load(statement, *connection),
            Self::Postgres(connection) => {
                let rows = AsyncConnectionCore::load(connection, statement).await?;
                rows.and_then(|row| async move {
                    T::build_from_row(&row).map_err(DieselError::DeserializationError)
                })
                .try_collect()
                .await
            }
        }
    }

    /// The first of the rows that a statement finds.
    ///
    /// # Errors
    /// The database's error.
    pub async fn first<T: AnyRow>(&mut self, statement: Statement) -> QueryResult<Option<T>> {
        Ok(self.load(statement).await?.into_iter().next())
    }

    /// The numbers that a statement finds in its column `number`, without those that are null.
    ///
    /// # Errors
    /// The database's error.
    pub async fn numbers(&mut self, statement: Statement) -> QueryResult<Vec<i64>> {
        let rows: Vec<Number> = self.load(statement).await?;
        Ok(rows.into_iter().filter_map(|row| row.number).collect())
    }

    /// Runs a statement, and says how many rows it touched.
    ///
    /// # Errors
    /// The database's error.
    pub async fn execute(&mut self, statement: Statement) -> QueryResult<usize> {
        match self {
            Self::Sqlite(connection) => diesel::RunQueryDsl::execute(statement, *connection),
            Self::Postgres(connection) => diesel_async::RunQueryDsl::execute(statement, connection).await,
        }
    }
}

/// What is found out on SQLite, where nothing is waited for.
pub(crate) fn at_once<T>(answer: Answer<'_, T>) -> Result<T, ReadError> {
    answer
        .now_or_never()
        .unwrap_or_else(|| Err(ReadError::corrupt("a statement on SQLite did not answer at once")))
}
