//! Whether the file is as it was left.

use diesel::{RunQueryDsl, SqliteConnection, sql_query};
use operations::invariants::{MOST_FINDINGS, Soundness};

use crate::{ReadError, operating::soundness::Problem};

/// Whether the file is intact: its pages and indexes, and its foreign keys.
pub(crate) fn sound_files(connection: &mut SqliteConnection) -> Result<Soundness, ReadError> {
    let mut problems: Vec<Problem> =
        sql_query("SELECT integrity_check AS problem FROM pragma_integrity_check").load(connection)?;
    problems.retain(|line| line.problem != "ok");
    let dangling: Vec<Problem> = sql_query(
        "SELECT \"table\" || ': a row refers to a row of ' || parent || ' that is not there' AS problem FROM pragma_foreign_key_check",
    )
    .load(connection)?;
    problems.extend(dangling);
    problems.truncate(MOST_FINDINGS);
    Ok(Soundness::Checked(
        problems.into_iter().map(Problem::into_finding).collect(),
    ))
}
