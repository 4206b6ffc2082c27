//! A database to copy to, in one transaction: either all of it is committed, or nothing.

mod any_row;
mod tables;

use std::collections::BTreeSet;

use diesel::{
    QueryResult,
    result::Error as DieselError,
    sql_types::{BigInt, Bool},
};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use storage::{
    ReadError,
    postgres::{BatchStatement, CopyTransaction, NotCommitted, OpenError, PostgresServer},
};

pub(crate) use tables::TargetTable;

use crate::{AnyRow, CopyError};

/// An open transaction on a server. Dropping it undoes all that was written.
pub struct CopyTarget(CopyTransaction);

impl CopyTarget {
    /// Begins the transaction.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn begin(server: &PostgresServer) -> Result<Self, OpenError> {
        CopyTransaction::begin(server).await.map(Self)
    }

    /// Switches to a context's schema, with the rights of its role.
    pub(crate) async fn enter(&self, context: &'static str) -> Result<(), CopyError> {
        let entered = self.0.enter(context).await;
        entered.map_err(|error| failed(context, error))
    }

    /// A table of the schema that was entered, locked against all other writes until the end. It has to be empty, and to have these columns.
    pub(crate) async fn empty_table(
        &self,
        context: &'static str,
        name: &str,
        columns: &BTreeSet<String>,
    ) -> Result<TargetTable, CopyError> {
        let table = tables::read(self.0.connection(), context, name).await?;
        let found = table.column_names();
        if found != *columns {
            return Err(table.differs(format!("columns {found:?}"), format!("{columns:?}")));
        }
        if self
            .has_rows(&table)
            .await
            .map_err(|error| table.failed(error.into()))?
        {
            return Err(CopyError::NotEmpty {
                server: self.0.server().to_owned(),
                table: table.full_name(),
            });
        }
        Ok(table)
    }

    async fn has_rows(&self, table: &TargetTable) -> QueryResult<bool> {
        #[derive(diesel::QueryableByName)]
        struct Found {
            #[diesel(sql_type = Bool)]
            found: bool,
        }
        let name = table.name();
        let mut connection = self.0.connection();
        connection
            .batch_execute(&format!("LOCK TABLE {name} IN SHARE ROW EXCLUSIVE MODE"))
            .await?;
        let found: Found = diesel::sql_query(format!("SELECT EXISTS (SELECT FROM {name}) AS found"))
            .get_result(&mut connection)
            .await?;
        Ok(found.found)
    }

    pub(crate) async fn insert(&self, table: &TargetTable, page: &[AnyRow]) -> Result<(), ReadError> {
        let begin = format!(
            "INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE SELECT * FROM unnest(",
            table.name(),
            table.columns()
        );
        let statement = table.bound(BatchStatement::new(begin), page, table.all())?;
        statement.then(")").execute(self.0.connection()).await?;
        Ok(())
    }

    /// The rows that have the keys of these.
    pub(crate) async fn read_back(
        &self,
        table: &TargetTable,
        page: &[AnyRow],
    ) -> Result<Vec<AnyRow>, ReadError> {
        let begin = format!(
            "SELECT {} FROM {} WHERE ({}) IN (SELECT * FROM unnest(",
            table.columns(),
            table.name(),
            table.key()
        );
        let statement = table.bound(BatchStatement::new(begin), page, table.key_places())?;
        Ok(statement.then("))").load(self.0.connection()).await?)
    }

    /// Makes the table number its next row after its last one, and returns how many rows there are.
    pub(crate) async fn finish(&self, table: &TargetTable) -> Result<u64, ReadError> {
        #[derive(diesel::QueryableByName)]
        struct Counted {
            #[diesel(sql_type = BigInt)]
            count: i64,
        }
        let (name, mut connection) = (table.name(), self.0.connection());
        for column in table.counting_columns() {
            // This is not undone with the transaction, and need not be: an empty table may begin at any number.
            let go_on = format!(
                "SELECT setval(pg_get_serial_sequence('{name}', '{column}'), max({column})) FROM {name} HAVING count(*) > 0"
            );
            connection.batch_execute(&go_on).await?;
        }
        let counted: Counted = diesel::sql_query(format!("SELECT count(*) AS count FROM {name}"))
            .get_result(&mut connection)
            .await?;
        Ok(counted.count.unsigned_abs())
    }

    /// The largest sequence after which consumers of the schema that was entered begin, by the context whose log it is in.
    pub(crate) async fn beginnings(&self, context: &'static str) -> Result<Vec<(String, i64)>, CopyError> {
        let beginnings = self.0.beginnings().await;
        beginnings.map_err(|error| failed(context, error))
    }

    /// Makes the event log of the schema that was entered number its next event after this one.
    pub(crate) async fn number_events_after(
        &self,
        context: &'static str,
        number: i64,
    ) -> Result<(), CopyError> {
        let numbered = self.0.number_events_after(number).await;
        numbered.map_err(|error| failed(context, error))
    }

    /// Commits all of it.
    pub(crate) async fn commit(self) -> Result<(), CopyError> {
        let server = self.0.server().to_owned();
        let committed = self.0.commit().await;
        committed.map_err(|error| not_committed(server, error))
    }
}

fn not_committed(server: String, error: NotCommitted) -> CopyError {
    match error {
        NotCommitted::Unsafe(reason) => CopyError::NotKept { server, reason },
        NotCommitted::Unknown(error) => CopyError::OutcomeUnknown {
            server,
            reason: error.to_string(),
        },
    }
}

fn failed(context: &'static str, error: DieselError) -> CopyError {
    CopyError::Failed {
        table: context.to_owned(),
        reason: error.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_that_the_server_would_not_keep_says_that_nothing_was_copied() {
        let reason = "found synchronous_commit = off".to_owned();
        let error = not_committed("server".to_owned(), NotCommitted::Unsafe(reason));
        assert_eq!(
            error.to_string(),
            "server: found synchronous_commit = off; nothing was copied"
        );
    }
}
