//! Only an active user can be deactivated.

use shared_kernel::{Refusal, RefusalKind};

use crate::UserStatus;

/// The user is inactive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("found an inactive user, expected an active one")]
pub struct UserAlreadyInactive;

pub(crate) const fn check(status: UserStatus) -> Result<(), UserAlreadyInactive> {
    match status {
        UserStatus::Active => Ok(()),
        UserStatus::Inactive => Err(UserAlreadyInactive),
    }
}

impl From<UserAlreadyInactive> for Refusal {
    fn from(error: UserAlreadyInactive) -> Self {
        Self::new(RefusalKind::State, "user_already_inactive", &error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deactivating_needs_an_active_user() {
        assert_eq!(check(UserStatus::Active), Ok(()));
        assert_eq!(check(UserStatus::Inactive), Err(UserAlreadyInactive));
    }
}
