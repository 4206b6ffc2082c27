//! A country is an officially assigned ISO 3166-1 alpha-2 code, in capital letters.

use shared_kernel::{Refusal, RefusalKind};

use crate::country_codes::COUNTRY_CODES;

/// The text is no country code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is no country; expected an ISO 3166-1 alpha-2 code, as in GB")]
pub struct UnknownCountry {
    /// What was given, or its beginning.
    pub found: String,
}

impl From<UnknownCountry> for Refusal {
    fn from(error: UnknownCountry) -> Self {
        Self::new(RefusalKind::Value, "unknown_country", &error).with("found", error.found)
    }
}

pub(crate) fn check(country: &str) -> Result<(), UnknownCountry> {
    if COUNTRY_CODES.binary_search(&country).is_ok() {
        return Ok(());
    }
    Err(UnknownCountry {
        found: country.chars().take(40).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assigned_codes_are_accepted() {
        for country in ["AD", "AT", "DE", "GB", "IN", "US", "ZW"] {
            assert_eq!(check(country), Ok(()), "{country}");
        }
    }

    #[test]
    fn anything_else_is_refused() {
        // XX and UK are not assigned; ISO codes are written in capitals.
        for country in ["", "XX", "UK", "gb", "GBR", "G", "ÄÖ", "GB "] {
            assert!(check(country).is_err(), "{country:?}");
        }
    }
}
