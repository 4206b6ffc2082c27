//! Questions about users and sessions, as SQL into views.

use accounts_app::{SessionStanding, SessionView, UserQueries, UserView};
use async_trait::async_trait;
use diesel::{ExpressionMethods, OptionalExtension, QueryDsl, RunQueryDsl, SelectableHelper};
use message_bus::Unavailable;
use shared_kernel::{EmailAddress, SessionId, Timestamp, UserId};
use storage::{
    ReadError,
    sqlite::{uuid_from_blob, uuid_to_blob},
};

use super::{
    SqliteAccounts,
    schema::{sessions, users},
    session_rows::{self, SessionRow},
    user_rows::{self, UserRow, read_role, read_status, read_time},
};

/// Owner, role, status, expiry and end.
type StandingRow = (Vec<u8>, String, String, i64, Option<i64>);

#[async_trait]
impl UserQueries for SqliteAccounts {
    async fn user(&self, id: UserId) -> Result<Option<UserView>, Unavailable> {
        let id = uuid_to_blob(id.uuid());
        self.context
            .read(move |connection| {
                let row = users::table
                    .find(id)
                    .select(UserRow::as_select())
                    .first(connection)
                    .optional()?;
                row.map(user_rows::view_of).transpose()
            })
            .await
    }

    async fn users_with_email(&self, email: &EmailAddress) -> Result<Vec<UserView>, Unavailable> {
        let folded = email.folded();
        self.context
            .read(move |connection| {
                let with_email = users::table.filter(users::email_folded.eq(folded));
                let rows = with_email.select(UserRow::as_select()).load(connection)?;
                rows.into_iter().map(user_rows::view_of).collect()
            })
            .await
    }

    async fn open_sessions(&self, user_id: UserId, now: Timestamp) -> Result<Vec<SessionView>, Unavailable> {
        let user_id = uuid_to_blob(user_id.uuid());
        self.context
            .read(move |connection| {
                let rows = sessions::table
                    .filter(sessions::user_id.eq(user_id))
                    .filter(sessions::ended_at.is_null())
                    .filter(sessions::expires_at.gt(now.as_microseconds()))
                    .order((sessions::last_used_at.desc(), sessions::id.desc()))
                    .select(SessionRow::as_select())
                    .load(connection)?;
                rows.into_iter().map(session_rows::view_of).collect()
            })
            .await
    }

    async fn session_standing(&self, id: SessionId) -> Result<Option<SessionStanding>, Unavailable> {
        let id = uuid_to_blob(id.uuid());
        self.context
            .read(move |connection| {
                let row = sessions::table
                    .find(id)
                    .inner_join(users::table)
                    .select((
                        users::id,
                        users::role,
                        users::status,
                        sessions::expires_at,
                        sessions::ended_at,
                    ))
                    .first::<StandingRow>(connection)
                    .optional()?;
                row.map(standing_of).transpose()
            })
            .await
    }
}

fn standing_of(
    (user_id, role, status, expires_at, ended_at): StandingRow,
) -> Result<SessionStanding, ReadError> {
    Ok(SessionStanding {
        user_id: UserId::new(uuid_from_blob(&user_id)?),
        role: read_role(&role)?,
        user_status: read_status(&status)?,
        expires_at: read_time(expires_at)?,
        ended_at: ended_at.map(read_time).transpose()?,
    })
}
