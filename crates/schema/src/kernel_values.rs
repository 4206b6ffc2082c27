//! The schemas of the kernel's values, with the limits that the kernel checks.

use serde_json::{Value, json};
use shared_kernel::{
    CommandId, CorrelationId, Currency, CustomerId, EmailAddress, EventId, LineStock, Money, OrderId,
    OrderLineId, ProductId, Quantity, ReservationId, Role, SessionId, Timestamp, UserId, Version,
};
use uuid::Uuid;

use crate::{Components, HasSchema, Object};

macro_rules! components {
    ($($($kind:ty),+ => $name:literal $schema:tt;)*) => {$($(
        impl HasSchema for $kind {
            fn schema(components: &mut Components) -> Value {
                components.named($name, |_| json!($schema))
            }
        }
    )+)*};
}

components! {
    Uuid, UserId, SessionId, CustomerId, ProductId, OrderId, OrderLineId, ReservationId, CommandId, EventId, CorrelationId => "Id" {
        "type": "string", "format": "uuid",
        "description": "The id of one thing.",
        "example": "0197b2c4-0000-7000-8000-00000000beef",
    };
    Timestamp => "Time" {
        "type": "string", "format": "date-time",
        "description": "A time, in UTC, to the microsecond.",
        "example": "2026-01-31T12:00:00.000000Z",
    };
    EmailAddress => "EmailAddress" {
        "type": "string", "format": "email", "maxLength": (EmailAddress::MAXIMUM_LENGTH),
        "description": "An e-mail address of at most 254 bytes. Letter case is kept, and does not tell two addresses apart.",
        "example": "ada@example.com",
    };
    Version => "Version" {
        "type": "integer", "format": "int64", "minimum": (Version::FIRST.number()), "maximum": (u32::MAX),
        "description": "The version of this state; also its `ETag`, in quotes.",
        "example": 1,
    };
    Quantity => "Quantity" {
        "type": "integer", "format": "int32", "minimum": 1, "maximum": (Quantity::MAXIMUM),
        "description": "Units of a product.",
        "example": 2,
    };
}

impl HasSchema for Role {
    fn schema(components: &mut Components) -> Value {
        let roles = [Self::Customer, Self::Staff, Self::Admin].map(Self::name);
        components.names(
            "Role",
            "What a user may do. Each role includes the ones before it.",
            roles,
        )
    }
}

impl HasSchema for Currency {
    fn schema(components: &mut Components) -> Value {
        components.names(
            "Currency",
            "A currency, by its ISO 4217 code.",
            Self::ALL.map(Self::code),
        )
    }
}

impl HasSchema for LineStock {
    fn schema(components: &mut Components) -> Value {
        bool::schema(components)
    }
}

impl HasSchema for Money {
    fn schema(components: &mut Components) -> Value {
        components.named("Money", |components| {
            let amount = json!({
                "type": "string", "pattern": r"^[0-9]+\.[0-9]{2}$", "example": "19.99",
                "description": "As a text, since a JSON number may have been a float somewhere.",
            });
            let mut object = Object::default();
            object.field("amount", true, amount);
            object.field("currency", true, Currency::schema(components));
            let example = json!({"example": {"amount": "19.99", "currency": "USD"}});
            object.schema(
                "An amount of money, as it is answered: two decimal places, as a text.",
                example,
            )
        })
    }
}
