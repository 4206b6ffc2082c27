//! The tables `sessions` and `refresh_tokens`.

use accounts_domain::TokenHash;
use diesel::{
    ExpressionMethods, NullableExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, SqliteConnection,
    SqliteExpressionMethods, insert_into, update,
};
use shared_kernel::{SessionId, Timestamp, UserId};
use storage::{
    ReadError,
    columns::{RowId, row_time},
    sqlite::RowError,
};

use crate::schema::{refresh_tokens, sessions, users};
use crate::session_row::{EndOfAll, SessionRow, SessionStatusRow, SessionWrite};

/// Writes a change of a session.
pub(super) fn write(connection: &mut SqliteConnection, write: &SessionWrite) -> Result<(), RowError> {
    match write {
        SessionWrite::Open { row, user_version } => open(connection, row, *user_version),
        SessionWrite::ReplaceToken(row) => replace_token(connection, row),
        SessionWrite::End(row) => end(connection, row),
    }
}

/// The connection holds the write lock, so the user cannot change between the read and the commit.
fn open(connection: &mut SqliteConnection, row: &SessionRow, user_version: i64) -> Result<(), RowError> {
    let found: Option<i64> = users::table
        .find(row.user_id)
        .select(users::version)
        .first(connection)
        .optional()?;
    if found != Some(user_version) {
        return Err(RowError::VersionConflict);
    }
    insert_into(sessions::table)
        .values((
            sessions::id.eq(row.id),
            sessions::user_id.eq(row.user_id),
            sessions::opened_at.eq(row.opened_at),
            sessions::last_used_at.eq(row.last_used_at),
            sessions::expires_at.eq(row.expires_at),
            sessions::ended_at.eq(row.ended_at),
            sessions::current_token_hash.eq(&row.current_token_hash),
            sessions::replaced_token_hash.eq(&row.replaced_token_hash),
            sessions::replaced_at.eq(row.replaced_at),
            sessions::version.eq(row.version),
        ))
        .execute(connection)?;
    add_token(connection, row)
}

fn replace_token(connection: &mut SqliteConnection, row: &SessionRow) -> Result<(), RowError> {
    let written = update(sessions::table.find(row.id))
        .filter(sessions::version.eq(row.version))
        .set((
            sessions::last_used_at.eq(row.last_used_at),
            sessions::expires_at.eq(row.expires_at),
            sessions::current_token_hash.eq(&row.current_token_hash),
            sessions::replaced_token_hash.eq(&row.replaced_token_hash),
            sessions::replaced_at.eq(row.replaced_at),
            sessions::version.eq(row.version + 1),
        ))
        .execute(connection)?;
    expect_one(written)?;
    add_token(connection, row)
}

fn end(connection: &mut SqliteConnection, row: &SessionRow) -> Result<(), RowError> {
    let written = update(sessions::table.find(row.id))
        .filter(sessions::version.eq(row.version))
        .set((
            sessions::ended_at.eq(row.ended_at),
            sessions::version.eq(row.version + 1),
        ))
        .execute(connection)?;
    expect_one(written)
}

pub(super) fn end_all_of(connection: &mut SqliteConnection, end: &EndOfAll) -> Result<(), RowError> {
    update(sessions::table)
        .filter(sessions::user_id.eq(end.user_id))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::id.nullable().is_not(end.keep))
        .set((
            sessions::ended_at.eq(end.at),
            sessions::version.eq(sessions::version + 1),
        ))
        .execute(connection)?;
    Ok(())
}

fn add_token(connection: &mut SqliteConnection, row: &SessionRow) -> Result<(), RowError> {
    insert_into(refresh_tokens::table)
        .values((
            refresh_tokens::token_hash.eq(&row.current_token_hash),
            refresh_tokens::session_id.eq(row.id),
        ))
        .execute(connection)?;
    Ok(())
}

const fn expect_one(written: usize) -> Result<(), RowError> {
    if written == 1 {
        Ok(())
    } else {
        Err(RowError::VersionConflict)
    }
}

pub(super) fn read(
    connection: &mut SqliteConnection,
    id: SessionId,
) -> Result<Option<SessionRow>, ReadError> {
    Ok(sessions::table
        .find(RowId(id.uuid()))
        .first(connection)
        .optional()?)
}

pub(super) fn read_by_token(
    connection: &mut SqliteConnection,
    token: TokenHash,
) -> Result<Option<SessionRow>, ReadError> {
    Ok(refresh_tokens::table
        .find(token.bytes().as_slice())
        .inner_join(sessions::table)
        .select(sessions::all_columns)
        .first(connection)
        .optional()?)
}

pub(super) fn read_open(
    connection: &mut SqliteConnection,
    user_id: UserId,
    now: Timestamp,
) -> Result<Vec<SessionRow>, ReadError> {
    Ok(sessions::table
        .filter(sessions::user_id.eq(RowId(user_id.uuid())))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::expires_at.gt(row_time(now)))
        .order((sessions::last_used_at.desc(), sessions::id.desc()))
        .load(connection)?)
}

pub(super) fn read_status(
    connection: &mut SqliteConnection,
    id: SessionId,
) -> Result<Option<SessionStatusRow>, ReadError> {
    Ok(sessions::table
        .find(RowId(id.uuid()))
        .inner_join(users::table)
        .select((
            users::id,
            users::role,
            users::status,
            sessions::expires_at,
            sessions::ended_at,
        ))
        .first(connection)
        .optional()?)
}
