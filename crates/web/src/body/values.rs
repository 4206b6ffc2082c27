//! Reads single values: JSON or text in, kernel values out, with the kernel's own reasons when they are refused.

use std::str::FromStr;

use accounts_app::Secret;
use shared_kernel::{Currency, EmailAddress, LineStock, Money, Quantity, Role};

use super::{fields::Fields, json::Json};
use crate::field_errors::{FieldCode, Wrong};

/// Any text. What it may hold is for rules to say.
pub(crate) fn text(json: Json) -> Result<String, Wrong> {
    match json {
        Json::Text(text) => Ok(text),
        other => Err(Wrong::type_of(other.type_name(), "a text")),
    }
}

/// A text that is kept out of logs and errors.
pub(crate) fn secret(json: Json) -> Result<Secret, Wrong> {
    text(json).map(Secret::new)
}

/// An id.
pub(crate) fn identifier<T: FromStr>(json: Json) -> Result<T, Wrong> {
    parse_identifier(&text(json)?)
}

/// An id in a text.
pub(crate) fn parse_identifier<T: FromStr>(text: &str) -> Result<T, Wrong> {
    text.parse()
        .map_err(|_| Wrong::new(FieldCode::InvalidId, "expected a UUID"))
}

/// An e-mail address.
pub(crate) fn email_address(json: Json) -> Result<EmailAddress, Wrong> {
    parse_email_address(&text(json)?)
}

/// An e-mail address in a text.
pub(crate) fn parse_email_address(text: &str) -> Result<EmailAddress, Wrong> {
    text.parse()
        .map_err(|error| Wrong::new(FieldCode::InvalidEmail, error))
}

/// A role's name.
pub(crate) fn role(json: Json) -> Result<Role, Wrong> {
    text(json)?
        .parse()
        .map_err(|error| Wrong::new(FieldCode::UnknownRole, error))
}

/// A positive count.
pub(crate) fn quantity(json: Json) -> Result<Quantity, Wrong> {
    match json {
        Json::Whole(count) => {
            Quantity::new(count).map_err(|error| Wrong::new(FieldCode::InvalidQuantity, error))
        }
        Json::Fractional => Err(Wrong::new(
            FieldCode::InvalidQuantity,
            "found a fraction, expected a whole number",
        )),
        other => Err(Wrong::type_of(other.type_name(), "a number")),
    }
}

/// Whether stock is asked for a line.
pub(crate) fn line_stock(json: Json) -> Result<LineStock, Wrong> {
    match json {
        Json::Boolean(asked) => Ok(asked.into()),
        other => Err(Wrong::type_of(other.type_name(), "a boolean")),
    }
}

/// A whole number, of whatever sign.
pub(crate) fn whole_number(json: Json) -> Result<i64, Wrong> {
    match json {
        Json::Whole(number) => Ok(number),
        Json::Fractional => Err(Wrong::new(
            FieldCode::InvalidNumber,
            "found a fraction or a number beyond 64 bits, expected a whole number",
        )),
        other => Err(Wrong::type_of(other.type_name(), "a number")),
    }
}

/// A count, which may be zero.
pub(crate) fn count(json: Json) -> Result<u32, Wrong> {
    u32::try_from(whole_number(json)?).map_err(|_| {
        let detail = format!("expected a whole number from 0 to {}", u32::MAX);
        Wrong::new(FieldCode::InvalidNumber, detail)
    })
}

/// A currency's code.
pub(crate) fn currency(json: Json) -> Result<Currency, Wrong> {
    Ok(text(json)?.parse()?)
}

/// Money: an object, with its amount as a text.
pub(crate) fn money(fields: &mut Fields<'_>) -> Option<Money> {
    let amount = fields.required("amount", |json| match json {
        Json::Whole(_) | Json::Fractional => Err(Wrong::new(
            FieldCode::AmountIsANumber,
            r#"found a number, expected a text, as in "19.99""#,
        )),
        other => text(other),
    });
    let currency = fields.required("currency", currency);
    match Money::parse(&amount?, currency?) {
        Ok(money) => Some(money),
        Err(error) => {
            fields.refuse("amount", error.into());
            None
        }
    }
}
