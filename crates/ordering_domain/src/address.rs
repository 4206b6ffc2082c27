//! Where an order goes.

use shared_kernel::Refusal;

use crate::rules::{
    addresses_name_postal_code_and_country::{self, AddressIncomplete},
    countries_are_iso_3166_codes::{self, UnknownCountry},
    text_fields::{CITY, POSTAL_CODE, STATE, STREET, TextError},
};

/// A postal address that passed its rules. A value: equal when all its parts are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address(AddressParts);

/// The parts of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressParts {
    /// Street and number.
    pub street: String,
    /// City.
    pub city: String,
    /// State or region; may be empty.
    pub state: String,
    /// Postal code.
    pub postal_code: String,
    /// ISO 3166-1 alpha-2 code.
    pub country: String,
}

/// Why parts do not make an address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Postal code or country is missing.
    #[error(transparent)]
    Incomplete(#[from] AddressIncomplete),
    /// There is no such country.
    #[error(transparent)]
    UnknownCountry(#[from] UnknownCountry),
    /// A part is too long or not printable.
    #[error(transparent)]
    Text(#[from] TextError),
}

impl From<AddressError> for Refusal {
    fn from(error: AddressError) -> Self {
        match error {
            AddressError::Incomplete(error) => error.into(),
            AddressError::UnknownCountry(error) => error.into(),
            AddressError::Text(error) => error.into(),
        }
    }
}

impl Address {
    /// An address from its parts.
    ///
    /// # Errors
    /// The rule that refuses it.
    pub fn new(parts: AddressParts) -> Result<Self, AddressError> {
        addresses_name_postal_code_and_country::check(&parts)?;
        countries_are_iso_3166_codes::check(&parts.country)?;
        STREET.check(&parts.street)?;
        CITY.check(&parts.city)?;
        STATE.check(&parts.state)?;
        POSTAL_CODE.check(&parts.postal_code)?;
        Ok(Self(parts))
    }

    /// An address as it was stored. No rule is checked: countries come and go, and old orders stay readable.
    pub const fn rehydrate(parts: AddressParts) -> Self {
        Self(parts)
    }

    /// Its parts, to keep.
    pub fn into_parts(self) -> AddressParts {
        self.0
    }

    /// Its parts.
    pub const fn parts(&self) -> &AddressParts {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts() -> AddressParts {
        AddressParts {
            street: "12 St James Square".to_owned(),
            city: "London".to_owned(),
            state: String::new(),
            postal_code: "SW1Y 4JH".to_owned(),
            country: "GB".to_owned(),
        }
    }

    #[test]
    fn an_address_keeps_its_parts() {
        assert_eq!(Address::new(parts()).unwrap().parts(), &parts());
    }

    #[test]
    fn each_rule_refuses_under_its_own_code() {
        let long = "x".repeat(201);
        let refused = |parts| Refusal::from(Address::new(parts).unwrap_err()).code;
        let without_country = AddressParts {
            country: String::new(),
            ..parts()
        };
        let nowhere = AddressParts {
            country: "ZZ".to_owned(),
            ..parts()
        };
        let long_winded = AddressParts {
            street: long,
            ..parts()
        };
        let broken = AddressParts {
            city: "Lon\ndon".to_owned(),
            ..parts()
        };
        assert_eq!(refused(without_country), "address_incomplete");
        assert_eq!(refused(nowhere), "unknown_country");
        assert_eq!(refused(long_winded), "text_too_long");
        assert_eq!(refused(broken), "text_not_printable");
    }
}
