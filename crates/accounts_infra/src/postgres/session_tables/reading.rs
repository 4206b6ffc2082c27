//! Stored sessions: by id, by token, by user.

use accounts_domain::TokenHash;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use shared_kernel::{SessionId, Timestamp, UserId};
use storage::{
    ReadError,
    columns::{RowId, row_time},
};

use crate::{
    schema::{refresh_tokens, sessions, users},
    session_row::{SessionRow, SessionStatusRow},
};

pub(in crate::postgres) async fn read(
    id: SessionId,
    mut connection: &AsyncPgConnection,
) -> Result<Option<SessionRow>, ReadError> {
    let session = sessions::table.find(RowId(id.uuid()));
    Ok(session.first(&mut connection).await.optional()?)
}

pub(in crate::postgres) async fn read_by_token(
    token: TokenHash,
    mut connection: &AsyncPgConnection,
) -> Result<Option<SessionRow>, ReadError> {
    let session = refresh_tokens::table
        .find(token.bytes().as_slice())
        .inner_join(sessions::table)
        .select(sessions::all_columns);
    Ok(session.first(&mut connection).await.optional()?)
}

pub(in crate::postgres) async fn read_open(
    user_id: UserId,
    now: Timestamp,
    mut connection: &AsyncPgConnection,
) -> Result<Vec<SessionRow>, ReadError> {
    let open = sessions::table
        .filter(sessions::user_id.eq(RowId(user_id.uuid())))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::expires_at.gt(row_time(now)))
        .order((sessions::last_used_at.desc(), sessions::id.desc()));
    Ok(open.load(&mut connection).await?)
}

pub(in crate::postgres) async fn read_status(
    id: SessionId,
    mut connection: &AsyncPgConnection,
) -> Result<Option<SessionStatusRow>, ReadError> {
    let status = sessions::table
        .find(RowId(id.uuid()))
        .inner_join(users::table)
        .select((
            users::id,
            users::role,
            users::status,
            sessions::expires_at,
            sessions::ended_at,
        ));
    Ok(status.first(&mut connection).await.optional()?)
}
