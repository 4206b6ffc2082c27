//! A new e-mail address is another one than the user has. Another spelling of it counts as another one.

use shared_kernel::{EmailAddress, Refusal, RefusalKind};

/// The user has this address already, in this spelling.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the user's address is {email} already")]
pub struct EmailUnchanged {
    /// The address.
    pub email: EmailAddress,
}

pub(crate) fn check(current: &EmailAddress, new: &EmailAddress) -> Result<(), EmailUnchanged> {
    if current.as_str() == new.as_str() {
        Err(EmailUnchanged { email: new.clone() })
    } else {
        Ok(())
    }
}

impl From<EmailUnchanged> for Refusal {
    fn from(error: EmailUnchanged) -> Self {
        Self::new(RefusalKind::State, "email_unchanged", &error).with("email", error.email.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_spelling_is_refused_and_another_accepted() {
        let current: EmailAddress = "ada@example.com".parse().unwrap();
        let respelled: EmailAddress = "Ada@example.com".parse().unwrap();
        assert_eq!(
            check(&current, &current),
            Err(EmailUnchanged {
                email: current.clone()
            })
        );
        assert_eq!(check(&current, &respelled), Ok(()));
    }
}
