//! An inactive user changes neither e-mail address nor password.

use shared_kernel::{Refusal, RefusalKind};

use crate::UserStatus;

/// The user is inactive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("found an inactive user, expected an active one: only they may change their account")]
pub struct UserInactive;

pub(crate) const fn check(status: UserStatus) -> Result<(), UserInactive> {
    match status {
        UserStatus::Active => Ok(()),
        UserStatus::Inactive => Err(UserInactive),
    }
}

impl From<UserInactive> for Refusal {
    fn from(error: UserInactive) -> Self {
        Self::new(RefusalKind::State, "user_inactive", &error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_active_user_changes_their_account() {
        assert_eq!(check(UserStatus::Active), Ok(()));
        assert_eq!(check(UserStatus::Inactive), Err(UserInactive));
    }
}
