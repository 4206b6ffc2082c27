//! What is wrong with a database's own files, as findings.

use diesel::{QueryableByName, sql_types::Text};
use operations::invariants::Finding;

/// What is wrong with a database's files.
#[derive(QueryableByName)]
pub(crate) struct Problem {
    #[diesel(sql_type = Text)]
    pub(crate) problem: String,
}

impl Problem {
    pub(crate) fn into_finding(self) -> Finding {
        Finding {
            subject: "the database's files".to_owned(),
            detail: self.problem,
        }
    }
}
