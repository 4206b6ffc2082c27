//! An address names a postal code and a country; neither is ever empty.

use shared_kernel::{Refusal, RefusalKind};

use crate::AddressParts;

/// An address lacks a part that it must have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the address has no {field}; expected one")]
pub struct AddressIncomplete {
    /// The part that is missing.
    pub field: &'static str,
}

impl From<AddressIncomplete> for Refusal {
    fn from(error: AddressIncomplete) -> Self {
        Self::new(RefusalKind::Value, "address_incomplete", &error).with("field", error.field)
    }
}

pub(crate) fn check(parts: &AddressParts) -> Result<(), AddressIncomplete> {
    for (field, text) in [("postal_code", &parts.postal_code), ("country", &parts.country)] {
        if text.trim().is_empty() {
            return Err(AddressIncomplete { field });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(postal_code: &str, country: &str) -> AddressParts {
        AddressParts {
            street: String::new(),
            city: String::new(),
            state: String::new(),
            postal_code: postal_code.to_owned(),
            country: country.to_owned(),
        }
    }

    #[test]
    fn postal_code_and_country_are_enough() {
        assert_eq!(check(&parts("1010", "AT")), Ok(()));
    }

    #[test]
    fn an_empty_or_blank_part_is_named() {
        let postal_code = Err(AddressIncomplete { field: "postal_code" });
        let country = Err(AddressIncomplete { field: "country" });
        assert_eq!(check(&parts("", "AT")), postal_code);
        assert_eq!(check(&parts(" ", "AT")), postal_code);
        assert_eq!(check(&parts("1010", "")), country);
        assert_eq!(check(&parts("1010", "\t")), country);
    }
}
