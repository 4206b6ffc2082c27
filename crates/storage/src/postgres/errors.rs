//! The database's errors as the bus's. The only place where they are translated.

use diesel::result::{DatabaseErrorInformation, DatabaseErrorKind, Error as DieselError};
use message_bus::{CommitError, Unavailable};

use crate::{delivering::postgres::consumer_positions, refused_value::is_about_a_value};

/// How often a transaction is tried in all, when it fails for something that may be gone the next time.
pub(crate) const ATTEMPTS: u32 = 3;
/// The server's message when it ends a transaction because of a deadlock (40P01). Diesel passes on no SQLSTATE but that of a failed
/// serialization (40001). With a server of another language, a deadlock is like any other error.
const DEADLOCK: &str = "deadlock detected";

/// Whether the same transaction may succeed if begun again: it was undone because of a deadlock or another conflict.
pub(crate) fn was_in_the_way(error: &DieselError) -> bool {
    match error {
        DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => true,
        DieselError::DatabaseError(_, information) => information.message() == DEADLOCK,
        _ => false,
    }
}

/// What the server says when the disk is full (53100): "could not extend file …: No space left on device". In another language it is like any
/// other error.
const FULL: &str = "No space left on device";

/// What the callers of a transaction are told that the server refused.
pub(crate) fn not_written(error: DieselError) -> Unavailable {
    match &error {
        DieselError::DatabaseError(_, information) if information.message().contains(FULL) => {
            Unavailable::StorageFull(Box::new(error))
        }
        _ => Unavailable::Dependency(Box::new(error)),
    }
}

/// Why a write set that was written alone failed.
#[derive(Debug)]
pub(crate) enum Refused {
    /// For this reason, which no further try removes.
    For(CommitError),
    /// For a reason that may pass: a deadlock, a lock that was held for too long, another transaction that committed first.
    Passing(DieselError),
}

impl From<DieselError> for Refused {
    fn from(error: DieselError) -> Self {
        match error {
            error if is_about_a_value(&error) => Self::For(Unavailable::ValueRefused(Box::new(error)).into()),
            DieselError::DatabaseError(kind, information) => match kind {
                DatabaseErrorKind::UniqueViolation => match constraint_of(information.as_ref()) {
                    // The next try reads the position that appeared after this one.
                    constraint if constraint == consumer_positions::KEY => {
                        Self::Passing(DieselError::DatabaseError(kind, information))
                    }
                    constraint => Self::For(CommitError::AlreadyExists { constraint }),
                },
                DatabaseErrorKind::CheckViolation
                | DatabaseErrorKind::NotNullViolation
                | DatabaseErrorKind::ForeignKeyViolation => Self::For(CommitError::ConstraintBroken {
                    constraint: broken_constraint_of(information.as_ref()),
                }),
                kind => Self::Passing(DieselError::DatabaseError(kind, information)),
            },
            // Diesel's own errors, before the database is asked: a value it cannot bind, a row it did not find.
            DieselError::SerializationError(_)
            | DieselError::DeserializationError(_)
            | DieselError::QueryBuilderError(_)
            | DieselError::NotFound => Self::For(Unavailable::Defect(Box::new(error)).into()),
            other => Self::Passing(other),
        }
    }
}

impl Refused {
    /// The error for the caller.
    pub(crate) fn into_commit_error(self) -> CommitError {
        match self {
            Self::For(error) => error,
            Self::Passing(error) => not_written(error).into(),
        }
    }
}

/// `users_email_folded` of table `users` is SQLite's `users.email_folded`.
fn constraint_of(information: &(dyn DatabaseErrorInformation + Send + Sync)) -> String {
    let Some(constraint) = information.constraint_name() else {
        return information.message().to_owned();
    };
    let table = information.table_name().unwrap_or_default();
    constraint
        .strip_prefix(table)
        .and_then(|rest| rest.strip_prefix('_'))
        .map_or_else(|| constraint.to_owned(), |columns| format!("{table}.{columns}"))
}

/// A broken CHECK or foreign key has a name; a NOT NULL has a table and a column.
fn broken_constraint_of(information: &(dyn DatabaseErrorInformation + Send + Sync)) -> String {
    match (
        information.constraint_name(),
        information.table_name(),
        information.column_name(),
    ) {
        (Some(constraint), _, _) => constraint.to_owned(),
        (None, Some(table), Some(column)) => format!("{table}.{column}"),
        (None, _, _) => information.message().to_owned(),
    }
}
