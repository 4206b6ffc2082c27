//! Whether the files are as the server left them.

use diesel::sql_query;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use operations::invariants::{MOST_FINDINGS, Soundness};

use crate::{ReadError, operating::soundness::Problem};

/// Whether the schema's tables and indexes are intact, by the extension `amcheck`, where the role may use it.
pub(crate) async fn sound_files(connection: &AsyncPgConnection) -> Result<Soundness, ReadError> {
    let installed: Vec<Problem> =
        sql_query("SELECT extname::text AS problem FROM pg_extension WHERE extname = 'amcheck'")
            .load(&mut &*connection)
            .await?;
    if installed.is_empty() {
        return Ok(Soundness::NotChecked(
            "the extension amcheck is not installed; `CREATE EXTENSION amcheck`, or run pg_amcheck"
                .to_owned(),
        ));
    }
    let heaps: Result<Vec<Problem>, _> = sql_query(
        "SELECT relation.relname || ': ' || damage.msg AS problem
         FROM pg_class AS relation, verify_heapam(relation.oid) AS damage
         WHERE relation.relkind = 'r' AND relation.relnamespace = current_schema()::regnamespace",
    )
    .load(&mut &*connection)
    .await;
    let mut problems = match heaps {
        Ok(problems) => problems,
        Err(error) => return Ok(Soundness::NotChecked(error.to_string())),
    };
    // A corrupt index is an error of the function, not a row.
    let indexes = sql_query(
        "SELECT bt_index_check(described.indexrelid) FROM pg_index AS described
         JOIN pg_class AS relation ON relation.oid = described.indexrelid
         JOIN pg_am ON pg_am.oid = relation.relam AND pg_am.amname = 'btree'
         WHERE relation.relnamespace = current_schema()::regnamespace AND described.indisvalid",
    )
    .execute(&mut &*connection)
    .await;
    problems.extend(indexes.err().map(|error| Problem {
        problem: error.to_string(),
    }));
    problems.truncate(MOST_FINDINGS);
    Ok(Soundness::Checked(
        problems.into_iter().map(Problem::into_finding).collect(),
    ))
}
