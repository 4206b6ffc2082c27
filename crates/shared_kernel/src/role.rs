//! What a user may do, from the least to the most.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A user's role. Each includes the ones before it: an admin may do all that staff may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Places orders and sees only their own.
    Customer,
    /// Sees every order, ships and delivers.
    Staff,
    /// Manages users and operates the installation.
    Admin,
}

impl Role {
    /// The name used in tokens, rows and JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Staff => "staff",
            Self::Admin => "admin",
        }
    }

    /// Whether this role includes `needed`.
    pub fn includes(self, needed: Self) -> bool {
        self >= needed
    }
}

impl fmt::Display for Role {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// The text names no role.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is no role; expected customer, staff or admin")]
pub struct UnknownRole {
    /// What was given.
    pub found: String,
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        [Self::Customer, Self::Staff, Self::Admin]
            .into_iter()
            .find(|role| role.name() == text)
            .ok_or_else(|| UnknownRole {
                found: text.to_owned(),
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_includes_itself_and_the_lesser_ones() {
        assert!(Role::Admin.includes(Role::Staff));
        assert!(Role::Staff.includes(Role::Staff));
        assert!(!Role::Customer.includes(Role::Staff));
    }

    #[test]
    fn names_and_roles_go_both_ways() {
        for role in [Role::Customer, Role::Staff, Role::Admin] {
            assert_eq!(role.name().parse(), Ok(role));
        }
        assert!("root".parse::<Role>().is_err());
    }
}
