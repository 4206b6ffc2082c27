//! Accounts' share of a write set.

use accounts_app::store::AccountsChanges;
use storage::{AggregateTable, ContextRows};

use crate::{
    session_row::{EndOfAll, SessionWrite},
    user_row::UserWrite,
};

/// The users and sessions that one command changes. They are written in this order: a session opened along with its user's
/// change finds them changed, and the end of all sessions includes the new ones.
#[derive(Debug)]
pub struct AccountsRows {
    pub(crate) users: Vec<UserWrite>,
    pub(crate) sessions: Vec<SessionWrite>,
    pub(crate) ends: Vec<EndOfAll>,
}

impl AccountsRows {
    /// The rows of what one command changes.
    pub(crate) fn of(changes: &AccountsChanges) -> Self {
        Self {
            users: changes.users.iter().map(UserWrite::of).collect(),
            sessions: changes.sessions.iter().map(SessionWrite::of).collect(),
            ends: changes.ends.iter().map(EndOfAll::of).collect(),
        }
    }
}

impl ContextRows for AccountsRows {
    const AGGREGATES: &'static [AggregateTable] = &[AggregateTable {
        aggregate_type: "user",
        table: "users",
    }];
}
