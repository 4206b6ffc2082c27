//! A user as a row, and back.

use accounts_domain::{PasswordHash, StoredUser, User, UserStatus};
use diesel::Queryable;
use shared_kernel::{AggregateRoot, Role, UserId};
use storage::{
    ReadError, RowWrite,
    columns::{RowId, RowTime, row_time, to_time, to_version},
};

use crate::user_status_name::{name_of, status_named};

/// A row of `users`. The fields are in the order of the columns.
#[derive(Clone, Debug, PartialEq, Queryable)]
pub(crate) struct UserRow {
    pub(crate) id: RowId,
    pub(crate) email: String,
    pub(crate) email_folded: String,
    pub(crate) password_hash: String,
    pub(crate) role: String,
    pub(crate) status: String,
    pub(crate) created_at: RowTime,
    pub(crate) version: i64,
}

/// The change of a user's row.
#[derive(Debug)]
pub(crate) struct UserWrite {
    pub(crate) row: UserRow,
    pub(crate) write: RowWrite,
}

impl UserWrite {
    /// The change of the row that stores this user.
    pub(crate) fn of(user: &User) -> Self {
        Self {
            row: UserRow::from(user.to_stored()),
            write: RowWrite::since(user.changes().loaded_version()),
        }
    }
}

impl From<StoredUser> for UserRow {
    fn from(user: StoredUser) -> Self {
        Self {
            id: RowId(user.id.uuid()),
            email_folded: user.email.folded(),
            email: user.email.into(),
            password_hash: user.password_hash.expose().to_owned(),
            role: user.role.name().to_owned(),
            status: name_of(user.status).to_owned(),
            created_at: row_time(user.created_at),
            version: i64::from(user.version.number()),
        }
    }
}

impl TryFrom<UserRow> for StoredUser {
    type Error = ReadError;

    fn try_from(row: UserRow) -> Result<Self, ReadError> {
        Ok(Self {
            id: UserId::new(row.id.0),
            email: row.email.parse().map_err(ReadError::corrupt)?,
            password_hash: PasswordHash::new(row.password_hash),
            role: read_role(&row.role)?,
            status: read_status(&row.status)?,
            created_at: to_time(row.created_at)?,
            version: to_version(row.version)?,
        })
    }
}

pub(crate) fn read_role(name: &str) -> Result<Role, ReadError> {
    name.parse().map_err(ReadError::corrupt)
}

pub(crate) fn read_status(name: &str) -> Result<UserStatus, ReadError> {
    status_named(name)
        .ok_or_else(|| ReadError::corrupt(format!("found status {name:?}, expected active or inactive")))
}

#[cfg(test)]
mod tests {
    use shared_kernel::Version;

    use super::*;

    fn a_user() -> StoredUser {
        StoredUser {
            id: "0197b2c4-6d00-7000-8000-000000000001".parse().unwrap(),
            email: "Ada@Example.com".parse().unwrap(),
            password_hash: PasswordHash::new("$argon2id$…".to_owned()),
            role: Role::Admin,
            status: UserStatus::Inactive,
            created_at: "2026-01-01T00:00:00.000001Z".parse().unwrap(),
            version: Version::new(u32::MAX),
        }
    }

    #[test]
    fn a_user_survives_being_a_row() {
        let row = UserRow::from(a_user());
        assert_eq!(row.email_folded, "ada@example.com");
        let read = StoredUser::try_from(row).unwrap();
        assert_eq!(read, a_user());
        assert_eq!(read.email.as_str(), "Ada@Example.com", "the spelling is kept");
    }

    #[test]
    fn a_row_that_orderly_never_wrote_is_corrupt() {
        let spoil: [fn(&mut UserRow); 5] = [
            |row| row.email = "nobody".to_owned(),
            |row| row.role = "root".to_owned(),
            |row| row.status = "asleep".to_owned(),
            |row| row.created_at = RowTime(i64::MAX),
            |row| row.version = -1,
        ];
        for (number, spoil) in spoil.into_iter().enumerate() {
            let mut row = UserRow::from(a_user());
            spoil(&mut row);
            let read = StoredUser::try_from(row);
            assert!(matches!(read, Err(ReadError::Corrupt(_))), "{number}: {read:?}");
        }
    }
}
