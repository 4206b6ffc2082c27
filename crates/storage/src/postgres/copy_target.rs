//! A database to copy to, in one transaction: what is not committed was never there.

mod any_row;
mod tables;

use std::collections::BTreeSet;

use diesel::{
    QueryDsl, QueryResult,
    dsl::max,
    result::Error as DieselError,
    sql_types::{BigInt, Bool},
};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};

pub use tables::TargetTable;

use super::{
    BatchStatement, OpenError, PostgresServer,
    schema::consumers,
    server::Link,
    transaction::{NotCommitted, commit},
};
use crate::{
    ReadError,
    copying::{AnyRow, CopyError},
};

/// An open transaction on a server. Dropping it undoes all that was written.
pub struct CopyTarget {
    pub(super) link: Link,
    server: String,
}

impl CopyTarget {
    /// Begins the transaction.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn begin(server: &PostgresServer) -> Result<Self, OpenError> {
        let mut link = server.connect("public").await?;
        // Counting a large table takes its time, and the transaction waits while SQLite is read.
        link.connection
            .batch_execute(
                "BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0",
            )
            .await
            .map_err(|error| OpenError::refused(server.name(), &error))?;
        let server = server.name().to_owned();
        Ok(Self { link, server })
    }

    /// Turns to a context's schema, with the rights of its role.
    pub(crate) async fn enter(&self, context: &'static str) -> Result<(), CopyError> {
        let entered = (&self.link.connection)
            .batch_execute(&PostgresServer::entrance(context))
            .await;
        entered.map_err(|error| failed(context, error))
    }

    /// A table of the schema that was entered, kept from everybody else's writes until the end. It has to be empty, and to have these columns.
    pub(crate) async fn empty_table(
        &self,
        context: &'static str,
        name: &str,
        columns: &BTreeSet<String>,
    ) -> Result<TargetTable, CopyError> {
        let table = tables::read(&self.link.connection, context, name).await?;
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
                server: self.server.clone(),
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
        let mut connection = &self.link.connection;
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
        statement.then(")").execute(&self.link.connection).await?;
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
        Ok(statement.then("))").load(&self.link.connection).await?)
    }

    /// Lets the table go on counting where its rows end, and says how many there are.
    pub(crate) async fn finish(&self, table: &TargetTable) -> Result<u64, ReadError> {
        #[derive(diesel::QueryableByName)]
        struct Counted {
            #[diesel(sql_type = BigInt)]
            count: i64,
        }
        let (name, mut connection) = (table.name(), &self.link.connection);
        for column in table.counting_columns() {
            // This is not undone with the transaction, and need not be: an empty table may begin anywhere.
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
        consumers::table
            .group_by(consumers::source)
            .select((consumers::source, max(consumers::begins_after)))
            .load::<(String, Option<i64>)>(&mut &self.link.connection)
            .await
            .map(|found| {
                let begun = found.into_iter();
                begun.filter_map(|(source, last)| Some((source, last?))).collect()
            })
            .map_err(|error| failed(context, error))
    }

    /// Lets the event log of the schema that was entered number its next event behind this one.
    pub(crate) async fn number_events_after(
        &self,
        context: &'static str,
        number: i64,
    ) -> Result<(), CopyError> {
        diesel::sql_query(
            "SELECT setval(pg_get_serial_sequence('event_log', 'sequence'), $1)
             WHERE $1 > coalesce((SELECT max(sequence) FROM event_log), 0)",
        )
        .bind::<BigInt, _>(number)
        .execute(&mut &self.link.connection)
        .await
        .map(|_| ())
        .map_err(|error| failed(context, error))
    }

    /// Makes it all true.
    pub(crate) async fn commit(self) -> Result<(), CopyError> {
        commit(&self.link.connection).await.map_err(|error| match error {
            NotCommitted::Unsafe(reason) => CopyError::NotKept {
                server: self.server,
                reason,
            },
            NotCommitted::Unknown(error) => CopyError::OutcomeUnknown {
                server: self.server,
                reason: error.to_string(),
            },
        })
    }
}

fn failed(context: &'static str, error: DieselError) -> CopyError {
    CopyError::Failed {
        table: context.to_owned(),
        reason: error.into(),
    }
}
