//! A password has 8 to 128 characters.
//!
//! There are deliberately no rules of composition: they make passwords worse (NIST SP 800-63B, 3.1.1.2).

use shared_kernel::{Refusal, RefusalKind};

/// The fewest characters of a password.
pub const MINIMUM_CHARACTERS: u32 = 8;
/// The most characters of a password.
pub const MAXIMUM_CHARACTERS: u32 = 128;

/// The password is too short or too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("found a password of {found} characters, expected {MINIMUM_CHARACTERS} to {MAXIMUM_CHARACTERS}")]
pub struct PasswordLength {
    /// How many characters were given.
    pub found: u32,
}

pub(crate) fn check(password: &str) -> Result<(), PasswordLength> {
    let found = u32::try_from(password.chars().count()).unwrap_or(u32::MAX);
    if (MINIMUM_CHARACTERS..=MAXIMUM_CHARACTERS).contains(&found) {
        Ok(())
    } else {
        Err(PasswordLength { found })
    }
}

impl From<PasswordLength> for Refusal {
    fn from(error: PasswordLength) -> Self {
        Self::new(RefusalKind::Value, "password_length", &error)
            .with("minimum", MINIMUM_CHARACTERS)
            .with("maximum", MAXIMUM_CHARACTERS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_and_128_characters_are_accepted() {
        assert_eq!(check("12345678"), Ok(()));
        assert_eq!(check(&"x".repeat(128)), Ok(()));
    }

    #[test]
    fn seven_and_129_characters_are_refused() {
        assert_eq!(check("1234567"), Err(PasswordLength { found: 7 }));
        assert_eq!(check(&"x".repeat(129)), Err(PasswordLength { found: 129 }));
        assert_eq!(check(""), Err(PasswordLength { found: 0 }));
    }

    #[test]
    fn characters_are_counted_and_not_bytes() {
        assert_eq!(check("ÄÖÜäöüßé"), Ok(()));
        assert_eq!(check("ÄÖÜä"), Err(PasswordLength { found: 4 }));
        assert_eq!(check(&"語".repeat(128)), Ok(()));
    }
}
