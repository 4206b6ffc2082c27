//! Accounts' share of a write set.

use diesel::SqliteConnection;
use storage::sqlite::{RowError, SqliteRows};

use super::{session_rows::SessionWrite, user_rows::UserWrite};

/// The users and sessions that one command changes.
#[derive(Debug)]
pub struct AccountsRows {
    pub(super) users: Vec<UserWrite>,
    pub(super) sessions: Vec<SessionWrite>,
}

impl SqliteRows for AccountsRows {
    fn write(&self, connection: &mut SqliteConnection) -> Result<(), RowError> {
        self.users.iter().try_for_each(|user| user.write(connection))?;
        self.sessions
            .iter()
            .try_for_each(|session| session.write(connection))
    }
}
