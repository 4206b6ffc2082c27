//! An inactive user neither logs in nor refreshes a session, and their access tokens are worth nothing.
//!
//! There is no error here: the refusal is the same as for a wrong password.

use crate::UserStatus;

/// Whether a user of this status may log in.
pub const fn has_access(status: UserStatus) -> bool {
    matches!(status, UserStatus::Active)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_active_users_get_in() {
        assert!(has_access(UserStatus::Active));
        assert!(!has_access(UserStatus::Inactive));
    }
}
