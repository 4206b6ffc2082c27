//! Statements that write a row only where it is as it was expected.

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
    /// Runs it, which gives a column `id` for each row that was as expected. Answers the places in the batch of those that were not: of `expected`,
    /// whatever does not come back, or stands there twice.
    ///
    /// # Errors
    /// What the database says.
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
