//! Only an inactive user can be reactivated.

use shared_kernel::{Refusal, RefusalKind};

use crate::UserStatus;

/// The user is active.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("found an active user, expected an inactive one")]
pub struct UserAlreadyActive;

pub(crate) const fn check(status: UserStatus) -> Result<(), UserAlreadyActive> {
    match status {
        UserStatus::Active => Err(UserAlreadyActive),
        UserStatus::Inactive => Ok(()),
    }
}

impl From<UserAlreadyActive> for Refusal {
    fn from(error: UserAlreadyActive) -> Self {
        Self::new(RefusalKind::State, "user_already_active", &error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reactivating_needs_an_inactive_user() {
        assert_eq!(check(UserStatus::Active), Err(UserAlreadyActive));
        assert_eq!(check(UserStatus::Inactive), Ok(()));
    }
}
