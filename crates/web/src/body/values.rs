//! The values of bodies: JSON in, kernel values out, with the kernel's own reasons for refusals.

use std::str::FromStr;

use accounts_app::Secret;
use schema::{Components, HasSchema, Object, Value, json};
use shared_kernel::{Currency, CustomerId, EmailAddress, LineStock, Money, ProductId, Quantity, Role};

use super::{Fields, FromJson, Json, Location};
use crate::field_errors::{FieldCode, Wrong};

macro_rules! values {
    ($($(#[$about:meta])* $kind:ty = $read:expr;)*) => {$(
        $(#[$about])*
        impl FromJson for $kind {
            fn from_json(json: Json, place: &mut Location<'_>) -> Option<Self> {
                place.noting($read(json))
            }
        }
    )*};
}

values! {
    /// Any text. Rules decide what it may contain.
    String = text;
    /// A text that is kept out of logs and errors.
    Secret = |json| text(json).map(Self::new);
    CustomerId = |json| parse_identifier(&text(json)?);
    ProductId = |json| parse_identifier(&text(json)?);
    EmailAddress = |json| parse_email_address(&text(json)?);
    Role = |json| text(json)?.parse().map_err(|error| Wrong::new(FieldCode::UnknownRole, error));
    Currency = |json| Ok(text(json)?.parse()?);
    Quantity = quantity;
    LineStock = line_stock;
    i64 = whole_number;
    u32 = count;
}

fn text(json: Json) -> Result<String, Wrong> {
    match json {
        Json::Text(text) => Ok(text),
        other => Err(Wrong::type_of(other.type_name(), "a text")),
    }
}

/// An id in a text.
pub(crate) fn parse_identifier<T: FromStr>(text: &str) -> Result<T, Wrong> {
    text.parse()
        .map_err(|_| Wrong::new(FieldCode::InvalidId, "expected a UUID"))
}

/// An e-mail address in a text.
pub(crate) fn parse_email_address(text: &str) -> Result<EmailAddress, Wrong> {
    text.parse()
        .map_err(|error| Wrong::new(FieldCode::InvalidEmail, error))
}

fn quantity(json: Json) -> Result<Quantity, Wrong> {
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

fn line_stock(json: Json) -> Result<LineStock, Wrong> {
    match json {
        Json::Boolean(asked) => Ok(asked.into()),
        other => Err(Wrong::type_of(other.type_name(), "a boolean")),
    }
}

/// A whole number, of whatever sign.
fn whole_number(json: Json) -> Result<i64, Wrong> {
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
fn count(json: Json) -> Result<u32, Wrong> {
    u32::try_from(whole_number(json)?).map_err(|_| {
        let detail = format!("expected a whole number from 0 to {}", u32::MAX);
        Wrong::new(FieldCode::InvalidNumber, detail)
    })
}

/// Money as callers give it: an object, with its amount as a text.
pub(crate) struct MoneyGiven(pub(crate) Money);

struct Amount(String);

impl FromJson for Amount {
    fn from_json(json: Json, place: &mut Location<'_>) -> Option<Self> {
        let amount = match json {
            Json::Whole(_) | Json::Fractional => Err(Wrong::new(
                FieldCode::AmountIsANumber,
                r#"found a number, expected a text, as in "19.99""#,
            )),
            other => text(other),
        };
        place.noting(amount).map(Self)
    }
}

impl FromJson for MoneyGiven {
    fn from_json(json: Json, place: &mut Location<'_>) -> Option<Self> {
        Fields::read(json, place, |fields| {
            let amount = fields.take::<Amount>("amount");
            let currency = fields.take("currency");
            match Money::parse(&amount?.0, currency?) {
                Ok(money) => Some(Self(money)),
                Err(error) => {
                    fields.refuse("amount", error.into());
                    None
                }
            }
        })
    }
}

impl HasSchema for MoneyGiven {
    fn schema(components: &mut Components) -> Value {
        components.named("MoneyGiven", |components| {
            let amount = json!({
                "type": "string", "pattern": r"^[0-9]{1,12}(\.[0-9]{1,2}0{0,2})?$", "example": "19.99",
                "description": "As a text, since a JSON number may have been a float somewhere. \
                    At most two decimal places, apart from zeros at the end.",
            });
            let mut object = Object::default();
            object.field("amount", true, amount);
            let currency = Currency::schema(components);
            object.field(
                "currency",
                true,
                schema::with(currency, "Of an order's line, the order's.", json!({})),
            );
            let more =
                json!({"additionalProperties": false, "example": {"amount": "19.99", "currency": "USD"}});
            object.schema("An amount of money, as callers give it.", more)
        })
    }
}
