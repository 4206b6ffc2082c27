//! A change of password needs the current one.

use shared_kernel::{Refusal, RefusalKind};

use crate::PasswordMatch;

/// What was given as the current password is not it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("found another password than the current one")]
pub struct CurrentPasswordMismatch;

pub(crate) const fn check(given: PasswordMatch) -> Result<(), CurrentPasswordMismatch> {
    match given {
        PasswordMatch::Matches => Ok(()),
        PasswordMatch::Differs => Err(CurrentPasswordMismatch),
    }
}

impl From<CurrentPasswordMismatch> for Refusal {
    fn from(error: CurrentPasswordMismatch) -> Self {
        Self::new(RefusalKind::Value, "current_password_mismatch", &error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_current_password_will_do() {
        assert_eq!(check(PasswordMatch::Matches), Ok(()));
        assert_eq!(check(PasswordMatch::Differs), Err(CurrentPasswordMismatch));
    }
}
