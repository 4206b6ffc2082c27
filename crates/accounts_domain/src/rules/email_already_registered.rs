//! An e-mail address, however it is cased, belongs to at most one user.
//!
//! There is no check here: a look-up beforehand would race. The database's unique index decides when the change
//! is committed, and the application layer turns its answer into this error.

use shared_kernel::{EmailAddress, Refusal, RefusalKind};

/// The unique index that decides, as commits name it.
pub const DECIDING_INDEX: &str = "users.email_folded";

/// Another user has the address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a user with the address {email} is registered already")]
pub struct EmailAlreadyRegistered {
    /// The address that was asked for.
    pub email: EmailAddress,
}

impl From<EmailAlreadyRegistered> for Refusal {
    fn from(error: EmailAlreadyRegistered) -> Self {
        Self::new(RefusalKind::State, "email_already_registered", &error).with("email", error.email.as_str())
    }
}

#[cfg(test)]
mod tests {
    use shared_kernel::Fact;

    use super::*;

    #[test]
    fn a_caller_learns_the_code_and_the_address() {
        let email = "ada@example.com".parse().unwrap();
        let refusal = Refusal::from(EmailAlreadyRegistered { email });
        assert_eq!(refusal.kind, RefusalKind::State);
        assert_eq!(refusal.code, "email_already_registered");
        let expected = Fact::Text("ada@example.com".to_owned());
        assert_eq!(refusal.facts.0, [("email", expected)]);
    }
}
