//! The table `users`.

use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, SqliteConnection, insert_into, update,
};
use shared_kernel::UserId;
use storage::{ReadError, RowWrite, columns::RowId, sqlite::RowError};

use crate::schema::users;
use crate::user_row::{UserRow, UserWrite};

/// Writes a user, if no other command has changed them since they were loaded.
pub(super) fn write(connection: &mut SqliteConnection, write: &UserWrite) -> Result<(), RowError> {
    let row = &write.row;
    let RowWrite::Update { loaded_version } = write.write else {
        insert_into(users::table)
            .values((
                users::id.eq(row.id),
                users::email.eq(&row.email),
                users::email_folded.eq(&row.email_folded),
                users::password_hash.eq(&row.password_hash),
                users::role.eq(&row.role),
                users::status.eq(&row.status),
                users::created_at.eq(row.created_at),
                users::version.eq(row.version),
            ))
            .execute(connection)?;
        return Ok(());
    };
    let written = update(users::table.find(row.id))
        .filter(users::version.eq(loaded_version))
        .set((
            users::email.eq(&row.email),
            users::email_folded.eq(&row.email_folded),
            users::password_hash.eq(&row.password_hash),
            users::role.eq(&row.role),
            users::status.eq(&row.status),
            users::version.eq(row.version),
        ))
        .execute(connection)?;
    match written {
        0 => Err(RowError::VersionConflict),
        _ => Ok(()),
    }
}

pub(super) fn read(connection: &mut SqliteConnection, id: UserId) -> Result<Option<UserRow>, ReadError> {
    Ok(users::table.find(RowId(id.uuid())).first(connection).optional()?)
}

pub(super) fn read_by_email(
    connection: &mut SqliteConnection,
    folded: &str,
) -> Result<Option<UserRow>, ReadError> {
    Ok(users::table
        .filter(users::email_folded.eq(folded))
        .first(connection)
        .optional()?)
}
