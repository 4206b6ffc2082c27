//! A person registers and becomes a customer.

use std::net::IpAddr;

use message_bus::{Command, CommandMeta, Handles, UseCaseError};
use shared_kernel::{EmailAddress, Role};

use crate::{Accounts, Secret, UserView};

/// Register with an e-mail address and a password.
#[derive(Clone, Debug)]
pub struct RegisterUser {
    /// The address, which no other user may have.
    pub email: EmailAddress,
    /// The password.
    pub password: Secret,
    /// Where the request came from; `None` when it came over no network.
    pub caller_address: Option<IpAddr>,
}

impl Command for RegisterUser {
    type Output = UserView;
}

impl Handles<RegisterUser> for Accounts {
    async fn handle(&self, command: RegisterUser, meta: CommandMeta) -> Result<UserView, UseCaseError> {
        let attempt = self
            .registrations
            .admit(command.caller_address, &command.email, meta.issued_at)?;
        let result = self
            .create_account(command.email, &command.password, Role::Customer, meta)
            .await;
        self.registrations.record_result(&attempt, &result);
        result
    }
}

#[cfg(test)]
mod tests {
    use message_bus::Actor;
    use serde_json::json;
    use shared_kernel::Version;

    use super::*;
    use crate::accounts_under_test::{AccountsUnderTest, PASSWORD, refused_by};

    async fn register(under_test: &AccountsUnderTest, email: &str) -> Result<UserView, UseCaseError> {
        let command = RegisterUser {
            email: email.parse().unwrap(),
            password: Secret::new(PASSWORD.to_owned()),
            caller_address: None,
        };
        under_test
            .accounts
            .send(command, under_test.meta(Actor::Anonymous))
            .await
    }

    #[tokio::test]
    async fn whoever_registers_becomes_an_active_customer() {
        let under_test = AccountsUnderTest::new();
        let view = register(&under_test, "Ada@example.com").await.unwrap();
        assert_eq!(
            (view.role, view.active, view.version),
            (Role::Customer, true, Version::FIRST)
        );
        let [event] = under_test.store.events().try_into().unwrap();
        assert_eq!(event.event_type, "UserAccountCreated");
        assert_eq!(event.actor, "anonymous");
        assert_eq!(
            event.data,
            json!({ "user_id": view.id, "email": "Ada@example.com" })
        );
    }

    #[tokio::test]
    async fn an_address_can_be_registered_once_however_it_is_cased() {
        let under_test = AccountsUnderTest::new();
        register(&under_test, "ada@example.com").await.unwrap();
        let again = register(&under_test, "ADA@Example.com").await;
        assert_eq!(refused_by(again), "email_already_registered");
        assert_eq!(under_test.event_types(), ["UserAccountCreated"]);
    }
}
