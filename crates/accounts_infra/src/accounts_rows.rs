//! Accounts' share of a write set.

use crate::{session_row::SessionWrite, user_row::UserWrite};

/// The users and sessions that one command changes. Users are written first, so that a session opened along with
/// its user's change finds them changed.
#[derive(Debug)]
pub struct AccountsRows {
    pub(crate) users: Vec<UserWrite>,
    pub(crate) sessions: Vec<SessionWrite>,
}
