//! Statements that write a row only if it has the expected version.

use std::collections::HashSet;

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;

use crate::{
    columns::{Id, RowId},
    postgres::BatchStatement,
};

#[derive(diesel::QueryableByName)]
struct Met {
    #[diesel(sql_type = Id)]
    id: RowId,
}

impl BatchStatement {
    /// Runs it; it returns a column `id` for each row that was as expected. Returns the places in the batch of the others: those of `expected` that
    /// did not come back, or that are in there twice.
    ///
    /// # Errors
    /// The database's error.
    pub async fn stale(
        self,
        expected: impl IntoIterator<Item = (usize, RowId)>,
        connection: &AsyncPgConnection,
    ) -> QueryResult<Vec<usize>> {
        let expected: Vec<_> = expected.into_iter().collect();
        let met: Vec<Met> = self.load(connection).await?;
        let mut met: HashSet<_> = met.into_iter().map(|row| row.id).collect();
        let unmet = expected.into_iter().filter(|(_, id)| !met.remove(id));
        Ok(unmet.map(|(place, _)| place).collect())
    }
}
