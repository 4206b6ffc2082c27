//! A user's domain events, as the event log takes them.
//!
//! Four of them are delivered to other contexts; the others stay private and hold no secrets.

use accounts_domain::{User, UserEvent};
use message_bus::{NewEvent, Unavailable};
use serde_json::json;
use shared_kernel::{
    AggregateRoot,
    events::{UserAccountCreated, UserDeactivated, UserEmailChanged, UserReactivated},
};

/// The kind of aggregate that all of them are about.
const AGGREGATE_TYPE: &str = "user";

/// The events raised since the user was loaded, oldest first.
///
/// # Errors
/// [`Unavailable::Defect`] when an event has no JSON form.
pub fn user_events(user: &User) -> Result<Vec<NewEvent>, Unavailable> {
    let (user_id, uuid) = (user.id(), user.id().uuid());
    user.changes()
        .events()
        .map(|(version, event)| match event {
            UserEvent::AccountCreated { email } => {
                let email = email.clone();
                NewEvent::delivered(&UserAccountCreated { user_id, email }, uuid, version)
            }
            UserEvent::EmailChanged { email } => {
                let email = email.clone();
                NewEvent::delivered(&UserEmailChanged { user_id, email }, uuid, version)
            }
            UserEvent::Deactivated => NewEvent::delivered(&UserDeactivated { user_id }, uuid, version),
            UserEvent::Reactivated => NewEvent::delivered(&UserReactivated { user_id }, uuid, version),
            UserEvent::PasswordChanged => {
                let data = json!({ "user_id": user_id });
                Ok(NewEvent::private(
                    "UserPasswordChanged",
                    AGGREGATE_TYPE,
                    uuid,
                    version,
                    data,
                ))
            }
            UserEvent::RoleChanged { role } => {
                let data = json!({ "user_id": user_id, "role": role });
                Ok(NewEvent::private(
                    "UserRoleChanged",
                    AGGREGATE_TYPE,
                    uuid,
                    version,
                    data,
                ))
            }
        })
        .collect::<Result<_, _>>()
        .map_err(Unavailable::defect)
}
