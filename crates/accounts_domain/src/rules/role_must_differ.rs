//! A new role is another one than the user has.

use shared_kernel::{Refusal, RefusalKind, Role};

/// The user has this role already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the user's role is {role} already")]
pub struct RoleUnchanged {
    /// The role.
    pub role: Role,
}

pub(crate) fn check(current: Role, new: Role) -> Result<(), RoleUnchanged> {
    if current == new {
        Err(RoleUnchanged { role: new })
    } else {
        Ok(())
    }
}

impl From<RoleUnchanged> for Refusal {
    fn from(error: RoleUnchanged) -> Self {
        Self::new(RefusalKind::State, "role_unchanged", &error).with("role", error.role.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_role_is_refused_and_another_accepted() {
        assert_eq!(
            check(Role::Staff, Role::Staff),
            Err(RoleUnchanged { role: Role::Staff })
        );
        assert_eq!(check(Role::Staff, Role::Customer), Ok(()));
    }
}
