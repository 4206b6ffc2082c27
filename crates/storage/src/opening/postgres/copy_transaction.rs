//! The transaction that fills a database with another's rows, whatever its tables are: either all of it is committed, or nothing.

use diesel::{QueryDsl, QueryResult, dsl::max, sql_types::BigInt};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};

use crate::{
    committing::postgres::transaction::{NotCommitted, commit},
    opening::postgres::server::Link,
    postgres::{OpenError, PostgresServer},
    schema::consumers,
};

/// An open transaction on a server. Dropping it undoes all that was written.
pub struct CopyTransaction {
    link: Link,
    server: String,
}

impl CopyTransaction {
    /// Begins the transaction.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn begin(server: &PostgresServer) -> Result<Self, OpenError> {
        let mut link = server.connect("public").await?;
        // Counting a large table takes a while, and the transaction waits while the other database is read.
        link.connection
            .batch_execute(
                "BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0",
            )
            .await
            .map_err(|error| OpenError::refused(server.name(), &error))?;
        let server = server.name().to_owned();
        Ok(Self { link, server })
    }

    /// Host, port and database.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// The connection that it is open on.
    pub const fn connection(&self) -> &AsyncPgConnection {
        &self.link.connection
    }

    /// Switches to a context's schema, with the rights of its role.
    ///
    /// # Errors
    /// The database's error.
    pub async fn enter(&self, context: &'static str) -> QueryResult<()> {
        self.connection()
            .batch_execute(&PostgresServer::entrance(context))
            .await
    }

    /// The largest sequence after which consumers of the schema that was entered begin, by the context whose log it is in.
    ///
    /// # Errors
    /// The database's error.
    pub async fn beginnings(&self) -> QueryResult<Vec<(String, i64)>> {
        let found: Vec<(String, Option<i64>)> = consumers::table
            .group_by(consumers::source)
            .select((consumers::source, max(consumers::begins_after)))
            .load(&mut self.connection())
            .await?;
        let begun = found.into_iter();
        Ok(begun.filter_map(|(source, last)| Some((source, last?))).collect())
    }

    /// Makes the event log of the schema that was entered number its next event after this one.
    ///
    /// # Errors
    /// The database's error.
    pub async fn number_events_after(&self, number: i64) -> QueryResult<()> {
        diesel::sql_query(
            "SELECT setval(pg_get_serial_sequence('event_log', 'sequence'), $1)
             WHERE $1 > coalesce((SELECT max(sequence) FROM event_log), 0)",
        )
        .bind::<BigInt, _>(number)
        .execute(&mut self.connection())
        .await
        .map(|_| ())
    }

    /// Commits all of it.
    ///
    /// # Errors
    /// [`NotCommitted`].
    pub async fn commit(self) -> Result<(), NotCommitted> {
        commit(&self.link.connection).await
    }
}
