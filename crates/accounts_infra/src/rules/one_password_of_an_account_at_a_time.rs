//! Two passwords are hashed or compared at a time, and never two of one account. Of other accounts 64 wait, and of each
//! account 8. Any more are asked to come back a second later.

/// How many passwords are hashed at once, so that a hundred log-ins do not bring orders to a halt.
pub(crate) const AT_ONCE: usize = 2;
/// How many accounts wait for their turn: about a second's work.
pub(crate) const WAITING: usize = 64;
/// How many callers of one account wait behind its first.
pub(crate) const WAITING_OF_AN_ACCOUNT: usize = 8;
/// After how many seconds a caller should retry when too many wait.
pub(crate) const RETRY_AFTER_SECONDS: u32 = 1;
