//! A user has at most 50 open sessions. Logging in once more ends the one that was not used for longest.
//!
//! There is no check here: the database ends what is too much when the new session is committed. Log-ins of one user in
//! the same moment can leave a few more, until the next one.

/// How many sessions of one user are open at most.
pub const MOST_SESSIONS: u32 = 50;
