//! The last active admin is neither deactivated nor given another role: nobody could make another one.

use shared_kernel::{Refusal, RefusalKind};

/// Whether there is another active admin than the one who is to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtherAdmins {
    /// At least one.
    Some,
    /// None.
    None,
}

/// The user is the last active admin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("found the last active admin, expected that another one remains")]
pub struct LastAdmin;

/// Whether a user may stop being an active admin.
///
/// # Errors
/// [`LastAdmin`] if there is no other.
pub const fn check(others: OtherAdmins) -> Result<(), LastAdmin> {
    match others {
        OtherAdmins::Some => Ok(()),
        OtherAdmins::None => Err(LastAdmin),
    }
}

impl From<LastAdmin> for Refusal {
    fn from(error: LastAdmin) -> Self {
        Self::new(RefusalKind::State, "last_admin", &error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_admin_may_go_while_there_is_another() {
        assert_eq!(check(OtherAdmins::Some), Ok(()));
        assert_eq!(check(OtherAdmins::None), Err(LastAdmin));
    }
}
