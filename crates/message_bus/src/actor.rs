//! On whose behalf a command runs.

use std::fmt;

use shared_kernel::{Role, UserId};

/// Who sent a command. Written into every event that the command leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A caller without a token, who registers or logs in.
    Anonymous,
    /// A logged-in user.
    User {
        /// Who.
        id: UserId,
        /// What they may do.
        role: Role,
    },
    /// A consumer reacting to an event, by its name.
    Consumer(&'static str),
    /// The person at the command line of the machine.
    Operator,
}

impl Actor {
    /// Whether this actor may do what staff may. Consumers and operators act for the shop itself.
    pub fn is_staff(&self) -> bool {
        match self {
            Self::Anonymous => false,
            Self::User { role, .. } => role.includes(Role::Staff),
            Self::Consumer(_) | Self::Operator => true,
        }
    }

    /// The user behind it, if it is one.
    pub fn user_id(&self) -> Option<UserId> {
        match self {
            Self::User { id, .. } => Some(*id),
            Self::Anonymous | Self::Consumer(_) | Self::Operator => None,
        }
    }
}

/// `anonymous`, `user:<id>`, `consumer:<name>` or `operator`.
impl fmt::Display for Actor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anonymous => formatter.write_str("anonymous"),
            Self::User { id, .. } => write!(formatter, "user:{id}"),
            Self::Consumer(name) => write!(formatter, "consumer:{name}"),
            Self::Operator => formatter.write_str("operator"),
        }
    }
}
