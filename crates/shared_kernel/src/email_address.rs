//! E-mail addresses.

use std::{fmt, hash, str::FromStr};

use serde::{Deserialize, Serialize};

/// An e-mail address, kept as it was written and compared without regard to case.
///
/// The syntax is RFC 5321's, checked by the `email_address` crate; display names, comments and
/// domain literals are refused, and the domain needs a dot.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

/// The text is no e-mail address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "expected an e-mail address of at most {} characters, as in ada@example.com",
    EmailAddress::MAXIMUM_LENGTH
)]
pub struct InvalidEmailAddress;

impl EmailAddress {
    /// The longest address that mail servers carry, in bytes (RFC 5321 section 4.5.3.1.3, less the angle brackets).
    pub const MAXIMUM_LENGTH: usize = 254;

    /// The address as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form in which two spellings of one address are equal.
    pub fn folded(&self) -> String {
        self.0.to_lowercase()
    }
}

impl FromStr for EmailAddress {
    type Err = InvalidEmailAddress;

    fn from_str(text: &str) -> Result<Self, InvalidEmailAddress> {
        let options = email_address::Options::default()
            .without_display_text()
            .without_domain_literal()
            .with_required_tld();
        if text.len() > Self::MAXIMUM_LENGTH || text.chars().any(char::is_control) {
            return Err(InvalidEmailAddress);
        }
        email_address::EmailAddress::parse_with_options(text, options)
            .map(|_| Self(text.to_owned()))
            .map_err(|_| InvalidEmailAddress)
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = InvalidEmailAddress;

    fn try_from(text: String) -> Result<Self, InvalidEmailAddress> {
        text.parse()
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl PartialEq for EmailAddress {
    fn eq(&self, other: &Self) -> bool {
        self.folded() == other.folded()
    }
}

impl Eq for EmailAddress {}

impl hash::Hash for EmailAddress {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.folded().hash(state);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_does_not_tell_addresses_apart() {
        let written: EmailAddress = "Ada@Example.com".parse().unwrap();
        assert_eq!(written, "ada@example.COM".parse().unwrap());
        assert_eq!(written.as_str(), "Ada@Example.com");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let long = format!("{}@example.com", "a".repeat(300));
        for text in [
            "",
            "ada",
            "ada@",
            "@example.com",
            "ada@localhost",
            "Ada <ada@example.com>",
            "a b@example.com",
            "ada@example.com\n",
            &long,
        ] {
            assert_eq!(text.parse::<EmailAddress>(), Err(InvalidEmailAddress), "{text:?}");
        }
    }
}
