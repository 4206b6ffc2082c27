//! What accounts publishes about users.

use serde::{Deserialize, Serialize};

use crate::{EmailAddress, UserId, events::integration_events};

/// A person registered, or an operator created an account for them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserAccountCreated {
    /// The new user.
    pub user_id: UserId,
    /// Their address.
    pub email: EmailAddress,
}

/// A user changed their e-mail address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserEmailChanged {
    /// The user.
    pub user_id: UserId,
    /// The new address.
    pub email: EmailAddress,
}

/// A user may no longer log in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserDeactivated {
    /// The user.
    pub user_id: UserId,
}

/// A deactivated user may log in again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserReactivated {
    /// The user.
    pub user_id: UserId,
}

integration_events!(ACCOUNTS_EVENTS, "user": UserAccountCreated v 1, UserEmailChanged v 1, UserDeactivated v 1, UserReactivated v 1);
