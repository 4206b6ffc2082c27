//! A session as a row, and back; and what can happen to sessions, as statements.

use accounts_app::SessionView;
use accounts_domain::{
    Session, StoredSession, TokenHash, rules::refresh_tokens_are_used_once::ReplacedToken,
};
use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, RunQueryDsl, Selectable,
    SqliteConnection, insert_into, update,
};
use shared_kernel::{SessionId, Timestamp, UserId, Version};
use storage::{
    ReadError,
    sqlite::{RowError, uuid_from_blob, uuid_to_blob},
};

use super::{
    schema::{refresh_tokens, sessions, users},
    user_rows::{read_time, read_version},
};

/// A row of `sessions`.
#[derive(Clone, Debug, PartialEq, Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions)]
pub(super) struct SessionRow {
    id: Vec<u8>,
    user_id: Vec<u8>,
    opened_at: i64,
    last_used_at: i64,
    expires_at: i64,
    ended_at: Option<i64>,
    current_token_hash: Vec<u8>,
    replaced_token_hash: Option<Vec<u8>>,
    replaced_at: Option<i64>,
    version: i64,
}

/// What can happen to sessions. Where there is a row already, the version is the one that must be there.
#[derive(Debug)]
pub(super) enum SessionWrite {
    /// One is opened, while its user is at this version.
    Open { row: SessionRow, user_version: i64 },
    /// One gets its next token.
    ReplaceToken(SessionRow),
    /// One ends.
    End(SessionRow),
    /// All of a user's end, but one.
    EndAllOf {
        user_id: Vec<u8>,
        keep: Option<Vec<u8>>,
        at: i64,
    },
}

impl SessionWrite {
    pub(super) fn open(session: &Session, user_version: Version) -> Self {
        let user_version = i64::from(user_version.number());
        let stored = session.as_stored();
        let first = StoredSession {
            version: stored.version.next(),
            ..stored.clone()
        };
        Self::Open {
            row: SessionRow::from(&first),
            user_version,
        }
    }

    pub(super) fn replace_token(session: &Session) -> Self {
        Self::ReplaceToken(session.as_stored().into())
    }

    pub(super) fn end(session: &Session) -> Self {
        Self::End(session.as_stored().into())
    }

    pub(super) fn end_all_of(user_id: UserId, keep: Option<SessionId>, at: Timestamp) -> Self {
        Self::EndAllOf {
            user_id: uuid_to_blob(user_id.uuid()),
            keep: keep.map(|id| uuid_to_blob(id.uuid())),
            at: at.as_microseconds(),
        }
    }

    pub(super) fn write(&self, connection: &mut SqliteConnection) -> Result<(), RowError> {
        match self {
            Self::Open { row, user_version } => open(connection, row, *user_version),
            Self::ReplaceToken(row) => replace_token(connection, row),
            Self::End(row) => end(connection, row),
            Self::EndAllOf { user_id, keep, at } => end_all_of(connection, user_id, keep.as_deref(), *at),
        }
    }
}

/// The connection holds the write lock, so the user cannot change between the look and the commit.
fn open(connection: &mut SqliteConnection, row: &SessionRow, user_version: i64) -> Result<(), RowError> {
    let found: Option<i64> = users::table
        .find(&row.user_id)
        .select(users::version)
        .first(connection)
        .optional()?;
    if found != Some(user_version) {
        return Err(RowError::VersionConflict);
    }
    insert_into(sessions::table).values(row).execute(connection)?;
    add_token(connection, row)
}

fn replace_token(connection: &mut SqliteConnection, row: &SessionRow) -> Result<(), RowError> {
    let written = update(sessions::table.find(&row.id))
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
    let written = update(sessions::table.find(&row.id))
        .filter(sessions::version.eq(row.version))
        .set((
            sessions::ended_at.eq(row.ended_at),
            sessions::version.eq(row.version + 1),
        ))
        .execute(connection)?;
    expect_one(written)
}

fn end_all_of(
    connection: &mut SqliteConnection,
    user_id: &[u8],
    keep: Option<&[u8]>,
    at: i64,
) -> Result<(), RowError> {
    update(sessions::table)
        .filter(sessions::user_id.eq(user_id))
        .filter(sessions::ended_at.is_null())
        // No session's id is empty.
        .filter(sessions::id.ne(keep.unwrap_or_default()))
        .set((
            sessions::ended_at.eq(at),
            sessions::version.eq(sessions::version + 1),
        ))
        .execute(connection)?;
    Ok(())
}

fn add_token(connection: &mut SqliteConnection, row: &SessionRow) -> Result<(), RowError> {
    insert_into(refresh_tokens::table)
        .values((
            refresh_tokens::token_hash.eq(&row.current_token_hash),
            refresh_tokens::session_id.eq(&row.id),
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

impl From<&StoredSession> for SessionRow {
    fn from(session: &StoredSession) -> Self {
        Self {
            id: uuid_to_blob(session.id.uuid()),
            user_id: uuid_to_blob(session.user_id.uuid()),
            opened_at: session.opened_at.as_microseconds(),
            last_used_at: session.last_used_at.as_microseconds(),
            expires_at: session.expires_at.as_microseconds(),
            ended_at: session.ended_at.map(Timestamp::as_microseconds),
            current_token_hash: session.current_token.bytes().to_vec(),
            replaced_token_hash: session.replaced_token.map(|token| token.hash.bytes().to_vec()),
            replaced_at: session
                .replaced_token
                .map(|token| token.replaced_at.as_microseconds()),
            version: i64::from(session.version.number()),
        }
    }
}

impl TryFrom<SessionRow> for StoredSession {
    type Error = ReadError;

    fn try_from(row: SessionRow) -> Result<Self, ReadError> {
        let replaced_token = match (&row.replaced_token_hash, row.replaced_at) {
            (None, None) => None,
            (Some(hash), Some(at)) => Some(ReplacedToken {
                hash: read_token_hash(hash)?,
                replaced_at: read_time(at)?,
            }),
            (Some(_), None) | (None, Some(_)) => {
                return Err(ReadError::corrupt("a replaced token and its time go together"));
            }
        };
        Ok(Self {
            id: SessionId::new(uuid_from_blob(&row.id)?),
            user_id: UserId::new(uuid_from_blob(&row.user_id)?),
            opened_at: read_time(row.opened_at)?,
            last_used_at: read_time(row.last_used_at)?,
            expires_at: read_time(row.expires_at)?,
            ended_at: row.ended_at.map(read_time).transpose()?,
            current_token: read_token_hash(&row.current_token_hash)?,
            replaced_token,
            version: read_version(row.version)?,
        })
    }
}

/// The view of a session that is open.
pub(super) fn view_of(row: SessionRow) -> Result<SessionView, ReadError> {
    let session = StoredSession::try_from(row)?;
    Ok(SessionView {
        id: session.id,
        created_at: session.opened_at,
        last_used_at: session.last_used_at,
        expires_at: session.expires_at,
    })
}

fn read_token_hash(blob: &[u8]) -> Result<TokenHash, ReadError> {
    blob.try_into().map(TokenHash::new).map_err(ReadError::corrupt)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a_session() -> StoredSession {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        StoredSession {
            id: "0197b2c4-6d00-7000-8000-000000000002".parse().unwrap(),
            user_id: "0197b2c4-6d00-7000-8000-000000000001".parse().unwrap(),
            opened_at: at("2026-01-01T00:00:00.000001Z"),
            last_used_at: at("2026-01-02T00:00:00.000002Z"),
            expires_at: at("2026-02-01T00:00:00.000003Z"),
            ended_at: Some(at("2026-01-03T00:00:00.000004Z")),
            current_token: TokenHash::new([3; 32]),
            replaced_token: Some(ReplacedToken {
                hash: TokenHash::new([4; 32]),
                replaced_at: at("2026-01-02T00:00:00.000005Z"),
            }),
            version: Version::new(6),
        }
    }

    #[test]
    fn a_session_survives_being_a_row() {
        let read = StoredSession::try_from(SessionRow::from(&a_session())).unwrap();
        assert_eq!(read, a_session());
        let fresh = StoredSession {
            ended_at: None,
            replaced_token: None,
            ..a_session()
        };
        assert_eq!(StoredSession::try_from(SessionRow::from(&fresh)).unwrap(), fresh);
    }

    #[test]
    fn a_row_that_orderly_never_wrote_is_corrupt() {
        let spoil: [fn(&mut SessionRow); 5] = [
            |row| row.id = vec![1, 2],
            |row| row.current_token_hash = vec![0; 31],
            |row| row.replaced_at = None,
            |row| row.expires_at = i64::MAX,
            |row| row.version = i64::MAX,
        ];
        for (number, spoil) in spoil.into_iter().enumerate() {
            let mut row = SessionRow::from(&a_session());
            spoil(&mut row);
            let read = StoredSession::try_from(row);
            assert!(matches!(read, Err(ReadError::Corrupt(_))), "{number}: {read:?}");
        }
    }
}
