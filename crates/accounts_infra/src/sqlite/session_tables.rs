//! The tables `sessions` and `refresh_tokens`.

use accounts_domain::{TokenHash, rules::a_user_has_fifty_sessions::MOST_SESSIONS};
use diesel::{
    ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, RunQueryDsl, SqliteConnection, delete,
    insert_into, sql_query,
    sql_types::{BigInt, Nullable},
    update,
};
use shared_kernel::{SessionId, Timestamp, UserId};
use storage::{
    ReadError,
    columns::{Id, RowId, RowTime, UtcTime, row_time},
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
    sql_query(
        "UPDATE sessions SET ended_at = ?1, version = version + 1
         WHERE user_id = ?2 AND ended_at IS NULL AND id IS NOT ?3 AND id NOT IN (
             SELECT id FROM sessions WHERE user_id = ?2 AND ended_at IS NULL
             ORDER BY last_used_at DESC, id DESC LIMIT ?4)",
    )
    .bind::<UtcTime, _>(end.at)
    .bind::<Id, _>(end.user_id)
    .bind::<Nullable<Id>, _>(end.keep)
    .bind::<BigInt, _>(end.keep_latest)
    .execute(connection)?;
    Ok(())
}

/// Forgets sessions that ended or expired before a time, with their tokens, of which it takes no more than `limit`. Says how many rows it were.
pub(super) fn forget(connection: &mut SqliteConnection, before: RowTime, limit: u32) -> QueryResult<usize> {
    let ended = sessions::table
        .filter(sessions::ended_at.lt(before))
        .order(sessions::ended_at)
        .limit(i64::from(limit))
        .select(sessions::id);
    let mut over: Vec<RowId> = ended.load(connection)?;
    let expired = sessions::table
        .filter(sessions::ended_at.is_null())
        .filter(sessions::opened_at.lt(before))
        .filter(sessions::expires_at.lt(before))
        .limit(i64::from(limit))
        .select(sessions::id);
    over.extend(expired.load::<RowId>(connection)?);
    let tokens: Vec<Vec<u8>> = refresh_tokens::table
        .filter(refresh_tokens::session_id.eq_any(&over))
        .limit(i64::from(limit))
        .select(refresh_tokens::token_hash)
        .load(connection)?;
    let forgotten = delete(refresh_tokens::table.filter(refresh_tokens::token_hash.eq_any(tokens)))
        .execute(connection)?;
    // Those that have tokens left go with the last of them.
    let left: Vec<RowId> = refresh_tokens::table
        .filter(refresh_tokens::session_id.eq_any(&over))
        .select(refresh_tokens::session_id)
        .distinct()
        .load(connection)?;
    over.retain(|id| !left.contains(id));
    Ok(forgotten + delete(sessions::table.filter(sessions::id.eq_any(over))).execute(connection)?)
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
        .limit(i64::from(MOST_SESSIONS))
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
