//! A session as a row, and back; and the changes of sessions.

use accounts_app::{
    SessionStatus,
    store::{self, SessionChange},
};
use accounts_domain::{StoredSession, TokenHash, rules::refresh_tokens_are_used_once::ReplacedToken};
use diesel::Queryable;
use shared_kernel::{SessionId, UserId};
use storage::{
    ReadError,
    columns::{RowId, RowTime, row_time, to_time, to_version},
};

use crate::user_row::{read_role, read_status};

/// A row of `sessions`. The fields are in the order of the columns.
#[derive(Clone, Debug, PartialEq, Queryable)]
pub(crate) struct SessionRow {
    pub(crate) id: RowId,
    pub(crate) user_id: RowId,
    pub(crate) opened_at: RowTime,
    pub(crate) last_used_at: RowTime,
    pub(crate) expires_at: RowTime,
    pub(crate) ended_at: Option<RowTime>,
    pub(crate) current_token_hash: Vec<u8>,
    pub(crate) replaced_token_hash: Option<Vec<u8>>,
    pub(crate) replaced_at: Option<RowTime>,
    pub(crate) version: i64,
}

/// The columns that decide whether a session is open: its own, and those of its user.
#[derive(Debug, Queryable)]
pub(crate) struct SessionStatusRow {
    user_id: RowId,
    role: String,
    status: String,
    expires_at: RowTime,
    ended_at: Option<RowTime>,
}

/// A change of a session. If there is a row already, the version is the one that it must have.
#[derive(Debug)]
pub(crate) enum SessionWrite {
    /// One is opened, while its user is at this version.
    Open { row: SessionRow, user_version: i64 },
    /// One gets its next token.
    ReplaceToken(SessionRow),
    /// One ends.
    End(SessionRow),
}

/// All sessions of a user end that are open by then, but one.
#[derive(Debug)]
pub(crate) struct EndOfAll {
    pub(crate) user_id: RowId,
    pub(crate) keep: Option<RowId>,
    pub(crate) at: RowTime,
}

impl SessionWrite {
    /// The row as it is written, or as it was loaded.
    pub(crate) const fn row(&self) -> &SessionRow {
        match self {
            Self::Open { row, .. } | Self::ReplaceToken(row) | Self::End(row) => row,
        }
    }

    /// The rows of what happens to a session.
    pub(crate) fn of(change: &SessionChange) -> Self {
        match change {
            SessionChange::Open {
                session,
                user_version,
            } => {
                let stored = session.as_stored();
                let first = StoredSession {
                    version: stored.version.next(),
                    ..stored.clone()
                };
                Self::Open {
                    row: SessionRow::from(&first),
                    user_version: i64::from(user_version.number()),
                }
            }
            SessionChange::ReplaceToken(session) => Self::ReplaceToken(session.as_stored().into()),
            SessionChange::End(session) => Self::End(session.as_stored().into()),
        }
    }
}

impl EndOfAll {
    /// The columns of the end of all sessions of a user.
    pub(crate) fn of(end: &store::EndOfAll) -> Self {
        Self {
            user_id: RowId(end.user_id.uuid()),
            keep: end.keep.map(|id| RowId(id.uuid())),
            at: row_time(end.at),
        }
    }
}

impl From<&StoredSession> for SessionRow {
    fn from(session: &StoredSession) -> Self {
        Self {
            id: RowId(session.id.uuid()),
            user_id: RowId(session.user_id.uuid()),
            opened_at: row_time(session.opened_at),
            last_used_at: row_time(session.last_used_at),
            expires_at: row_time(session.expires_at),
            ended_at: session.ended_at.map(row_time),
            current_token_hash: session.current_token.bytes().to_vec(),
            replaced_token_hash: session.replaced_token.map(|token| token.hash.bytes().to_vec()),
            replaced_at: session.replaced_token.map(|token| row_time(token.replaced_at)),
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
                replaced_at: to_time(at)?,
            }),
            (Some(_), None) | (None, Some(_)) => {
                return Err(ReadError::corrupt("a replaced token and its time go together"));
            }
        };
        Ok(Self {
            id: SessionId::new(row.id.0),
            user_id: UserId::new(row.user_id.0),
            opened_at: to_time(row.opened_at)?,
            last_used_at: to_time(row.last_used_at)?,
            expires_at: to_time(row.expires_at)?,
            ended_at: row.ended_at.map(to_time).transpose()?,
            current_token: read_token_hash(&row.current_token_hash)?,
            replaced_token,
            version: to_version(row.version)?,
        })
    }
}

impl TryFrom<SessionStatusRow> for SessionStatus {
    type Error = ReadError;

    fn try_from(row: SessionStatusRow) -> Result<Self, ReadError> {
        Ok(Self {
            user_id: UserId::new(row.user_id.0),
            role: read_role(&row.role)?,
            user_status: read_status(&row.status)?,
            expires_at: to_time(row.expires_at)?,
            ended_at: row.ended_at.map(to_time).transpose()?,
        })
    }
}

fn read_token_hash(blob: &[u8]) -> Result<TokenHash, ReadError> {
    blob.try_into().map(TokenHash::new).map_err(ReadError::corrupt)
}

#[cfg(test)]
mod tests {
    use shared_kernel::{Timestamp, Version};

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
        let spoil: [fn(&mut SessionRow); 4] = [
            |row| row.current_token_hash = vec![0; 31],
            |row| row.replaced_at = None,
            |row| row.expires_at = RowTime(i64::MAX),
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
