//! What SQLite says, in the words of the bus. The one place where a Diesel error becomes ours.

use std::error::Error;

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error as DieselError};
use message_bus::{CommitError, Unavailable};

use crate::{ReadError, refused_value::is_about_a_value};

/// Why rows were not written.
#[derive(Debug, thiserror::Error)]
pub enum RowError {
    /// An aggregate is not at the version that was expected.
    #[error("an aggregate was changed by somebody else")]
    VersionConflict,
    /// The database refused.
    #[error(transparent)]
    Database(#[from] DieselError),
}

/// Why one write set failed while the others may go on, or why none of them can.
#[derive(Debug)]
pub(crate) enum WriteFailure {
    /// This write set alone, for this reason.
    Alone(CommitError),
    /// The database itself: the whole batch is rolled back.
    Database(DieselError),
}

impl From<RowError> for WriteFailure {
    fn from(error: RowError) -> Self {
        match error {
            RowError::VersionConflict => Self::Alone(CommitError::VersionConflict),
            RowError::Database(error) => error.into(),
        }
    }
}

impl From<ReadError> for WriteFailure {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Database(error) => error.into(),
            corrupt @ ReadError::Corrupt(_) => Self::Alone(CommitError::Unavailable(corrupt.into())),
        }
    }
}

impl From<DieselError> for WriteFailure {
    fn from(error: DieselError) -> Self {
        match error {
            error if is_about_a_value(&error) => {
                Self::Alone(Unavailable::ValueRefused(Box::new(error)).into())
            }
            DieselError::DatabaseError(kind, information) => match kind {
                DatabaseErrorKind::UniqueViolation => Self::Alone(CommitError::AlreadyExists {
                    constraint: constraint_of(information.as_ref()),
                }),
                DatabaseErrorKind::CheckViolation
                | DatabaseErrorKind::NotNullViolation
                | DatabaseErrorKind::ForeignKeyViolation => Self::Alone(CommitError::ConstraintBroken {
                    constraint: constraint_of(information.as_ref()),
                }),
                // A STRICT table refuses a value of another type under the general error code.
                _ if information.message().starts_with("cannot store ") => {
                    Self::Alone(CommitError::ConstraintBroken {
                        constraint: information.message().to_owned(),
                    })
                }
                kind => Self::Database(DieselError::DatabaseError(kind, information)),
            },
            // Diesel's own errors, before the database is asked: a value it cannot bind, a row it did not find.
            DieselError::SerializationError(_)
            | DieselError::DeserializationError(_)
            | DieselError::QueryBuilderError(_)
            | DieselError::NotFound => Self::Alone(Unavailable::Defect(Box::new(error)).into()),
            other => Self::Database(other),
        }
    }
}

/// SQLite's text for `SQLITE_FULL`: a write was refused for lack of room. Diesel hides the code, so it is known by its text, here and nowhere else.
const FULL: &str = "database or disk is full";

/// Whether it is for lack of room that the database refused. Then nothing was written, even if COMMIT says so: a transaction in the write-ahead
/// log counts from its last frame, and it is the writing of a frame that was refused.
pub(crate) fn is_full(error: &DieselError) -> bool {
    matches!(error, DieselError::DatabaseError(_, information) if information.message() == FULL)
}

/// What the callers of a batch are told that was not written.
pub(crate) fn not_written(error: &DieselError) -> Unavailable {
    let cause: Box<dyn Error + Send + Sync> = error.to_string().into();
    if is_full(error) {
        Unavailable::StorageFull(cause)
    } else {
        Unavailable::Dependency(cause)
    }
}

/// The constraint that SQLite names at the end of its message, as in
/// `UNIQUE constraint failed: users.email_folded`. Diesel hides it, so it is read from the text, here and nowhere else.
fn constraint_of(information: &(dyn DatabaseErrorInformation + Send + Sync)) -> String {
    let message = information.message();
    message
        .split_once("constraint failed: ")
        .map_or(message, |(_, constraint)| constraint)
        .to_owned()
}

#[cfg(test)]
mod tests {
    use diesel::{Connection, SqliteConnection, connection::SimpleConnection};

    use super::*;

    fn failure_of(statement: &str) -> WriteFailure {
        let mut connection = SqliteConnection::establish(":memory:").unwrap();
        connection
            .batch_execute(
                "PRAGMA foreign_keys = ON;
                 CREATE TABLE members (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE,
                                     age INTEGER CONSTRAINT grown_up CHECK (age > 17)) STRICT;
                 CREATE TABLE notes (member_id INTEGER REFERENCES members (id)) STRICT;
                 INSERT INTO members VALUES (1, 'a', 20);",
            )
            .unwrap();
        connection.batch_execute(statement).unwrap_err().into()
    }

    #[test]
    fn a_unique_violation_names_its_columns() {
        let failure = failure_of("INSERT INTO members VALUES (2, 'a', 20)");
        let WriteFailure::Alone(CommitError::AlreadyExists { constraint }) = failure else {
            panic!("{failure:?}");
        };
        assert_eq!(constraint, "members.email");
    }

    #[test]
    fn broken_constraints_fail_alone_and_are_named() {
        for (statement, expected) in [
            ("INSERT INTO members VALUES (2, 'b', 10)", "grown_up"),
            ("INSERT INTO members VALUES (2, NULL, 20)", "members.email"),
            (
                "INSERT INTO members VALUES (2, 'b', 'old')",
                "cannot store TEXT value in INTEGER column members.age",
            ),
            ("INSERT INTO notes VALUES (7)", "FOREIGN KEY constraint failed"),
        ] {
            let failure = failure_of(statement);
            let WriteFailure::Alone(CommitError::ConstraintBroken { constraint }) = failure else {
                panic!("{failure:?}");
            };
            assert_eq!(constraint, expected);
        }
    }

    #[test]
    fn what_the_database_itself_cannot_do_fails_the_batch() {
        assert!(matches!(
            failure_of("INSERT INTO nowhere VALUES (1)"),
            WriteFailure::Database(_)
        ));
    }
}
