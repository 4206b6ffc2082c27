//! Passwords: as users choose them, and as they are stored.
//!
//! Hashing is deliberately not here. Neither type ever prints its content.

use std::fmt;

use crate::{
    AccountsError,
    rules::{common_passwords_are_refused, password_length},
};

/// A password that a user chose and that the rules accept. No other one is ever hashed for storing.
#[derive(Clone, PartialEq, Eq)]
pub struct NewPassword(String);

impl NewPassword {
    /// Chooses a password.
    ///
    /// # Errors
    /// [`AccountsError::PasswordLength`], [`AccountsError::CommonPassword`].
    pub fn choose(text: &str) -> Result<Self, AccountsError> {
        password_length::check(text)?;
        common_passwords_are_refused::check(text)?;
        Ok(Self(text.to_owned()))
    }

    /// The password itself, for hashing.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for NewPassword {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("NewPassword(…)")
    }
}

/// A password's hash, with its salt and parameters, in a form that only the hasher reads.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// The hash with this text.
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The text, for storing and verifying.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PasswordHash(…)")
    }
}

/// What comparing a password with a hash showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordMatch {
    /// The hash is this password's.
    Matches,
    /// It is another one's.
    Differs,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debugging_output_never_shows_a_password_or_its_hash() {
        let chosen = NewPassword::choose("correct horse").unwrap();
        let hash = PasswordHash::new("$argon2id$secret".to_owned());
        let printed = format!("{chosen:?} {hash:?}");
        assert!(
            !printed.contains("horse") && !printed.contains("argon2id"),
            "{printed}"
        );
    }

    #[test]
    fn a_short_or_common_password_cannot_be_chosen() {
        assert!(matches!(
            NewPassword::choose("short"),
            Err(AccountsError::PasswordLength(_))
        ));
        assert!(matches!(
            NewPassword::choose("Password1"),
            Err(AccountsError::CommonPassword(_))
        ));
    }
}
