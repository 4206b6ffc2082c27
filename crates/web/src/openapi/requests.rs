//! The schemas of what callers send. Fields that are not named here are refused.
//!
//! What no schema can say, such as a limit on the sum of an order's lines, is a rule's, and answered with its code.

#![expect(dead_code, reason = "only their shapes are used")]

use utoipa::{
    PartialSchema, ToSchema,
    openapi::{OneOfBuilder, Ref, RefOr, Schema},
};

use super::values::{Currency, EmailAddress, Id, Quantity, Role, Tier};

/// A new account.
#[derive(ToSchema)]
#[schema(
    example = json!({"email": "ada@example.com", "password": "correct horse battery staple"})
)]
pub(super) struct Registration {
    email: EmailAddress,
    /// None of the commonest passwords.
    #[schema(format = "password", min_length = 8, max_length = 128)]
    password: String,
}

/// Another e-mail address than the user has.
#[derive(ToSchema)]
#[schema(example = json!({"email": "ada.lovelace@example.com"}))]
pub(super) struct EmailChange {
    email: EmailAddress,
}

/// Another password, and the one that it replaces.
#[derive(ToSchema)]
#[schema(
    example = json!({
        "current_password": "correct horse battery staple",
        "new_password": "an even more correct horse battery staple",
    })
)]
pub(super) struct PasswordChange {
    /// The password that the user has.
    #[schema(format = "password")]
    current_password: String,
    /// None of the commonest passwords.
    #[schema(format = "password", min_length = 8, max_length = 128)]
    new_password: String,
}

/// Another role than the user has.
#[derive(ToSchema)]
#[schema(example = json!({"role": "staff"}))]
pub(super) struct RoleChange {
    role: Role,
}

/// A request for tokens. Fields that are not named here are ignored.
pub(super) struct TokenRequest;

impl PartialSchema for TokenRequest {
    fn schema() -> RefOr<Schema> {
        OneOfBuilder::new()
            .description(Some(
                "A request for tokens. Fields that are not named here are ignored.",
            ))
            .item(Ref::from_schema_name(PasswordGrant::name()))
            .item(Ref::from_schema_name(RefreshTokenGrant::name()))
            .into()
    }
}

impl ToSchema for TokenRequest {}

/// A log-in (RFC 6749 section 4.3.2).
#[derive(ToSchema)]
#[schema(example = json!({
    "grant_type": "password",
    "username": "ada@example.com",
    "password": "correct horse battery staple",
}))]
pub(super) struct PasswordGrant {
    #[schema(pattern = "^password$")]
    grant_type: String,
    /// The user's e-mail address.
    #[schema(min_length = 1)]
    username: String,
    #[schema(format = "password", min_length = 1)]
    password: String,
}

/// The next pair of tokens of a session (RFC 6749 section 6).
#[derive(ToSchema)]
#[schema(example = json!({"grant_type": "refresh_token", "refresh_token": "bm90IGEgcmVhbCB0b2tlbg"}))]
pub(super) struct RefreshTokenGrant {
    #[schema(pattern = "^refresh_token$")]
    grant_type: String,
    /// The refresh token given last.
    #[schema(min_length = 1)]
    refresh_token: String,
}

/// A token that is to be worth nothing from now on (RFC 7009 section 2.1).
#[derive(ToSchema)]
#[schema(example = json!({"token": "the refresh token"}))]
pub(super) struct Revocation {
    /// A refresh token or an access token. With either, the session ends.
    #[schema(min_length = 1)]
    token: String,
}

/// An order to place.
#[derive(ToSchema)]
#[schema(
    example = json!({
        "currency": "USD",
        "lines": [{
            "product_id": "0197b2c4-0000-7000-8000-00000000beef",
            "quantity": 2,
            "unit_price": {"amount": "19.99", "currency": "USD"},
        }],
    })
)]
pub(super) struct OrderToPlace {
    currency: Currency,
    /// An order may be placed without any, and get them before it is confirmed.
    #[schema(max_items = 50)]
    lines: Vec<LineToOrder>,
    /// Whom staff order for. A customer's own id, or nothing, for anybody else.
    customer_id: Option<Id>,
}

/// A line to order. Its name and its price come from the price list.
#[derive(ToSchema)]
#[schema(
    example = json!({
        "product_id": "0197b2c4-0000-7000-8000-0000000000aa",
        "quantity": 1,
    })
)]
pub(super) struct LineToOrder {
    product_id: Id,
    quantity: Quantity,
    /// With `unit_price`, from staff, for what is not on the price list; otherwise it does not count. Printable, and not blank.
    #[schema(
        max_length = 200,
        pattern = r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$"
    )]
    product_name: Option<String>,
    /// What the caller expects to pay for one: refused if it is not what they would pay.
    unit_price: Option<MoneyGiven>,
    /// Whether inventory has to have stock of it, which it has unless this is `false`. Only a line of staff's own, which goes by its name
    /// and its price, may say so: a shipping fee, a service.
    stock: Option<bool>,
}

/// An amount of money, as callers give it.
#[derive(ToSchema)]
#[schema(example = json!({"amount": "19.99", "currency": "USD"}))]
pub(super) struct MoneyGiven {
    /// As a text, since a JSON number may have been a float somewhere. At most two decimal places, apart from zeros at the end.
    #[schema(pattern = r"^[0-9]{1,12}(\.[0-9]{1,2}0{0,2})?$", example = "19.99")]
    amount: String,
    /// Of an order's line, the order's.
    currency: Currency,
}

/// Another quantity of a line.
#[derive(ToSchema)]
#[schema(example = json!({"quantity": 3}))]
pub(super) struct QuantityChange {
    quantity: Quantity,
}

/// What an order is confirmed with.
#[derive(ToSchema)]
#[schema(
    example = json!({"shipping_address": {
        "street": "1 Main St",
        "city": "Springfield",
        "state": "IL",
        "postal_code": "62701",
        "country": "US",
    }})
)]
pub(super) struct Confirmation {
    shipping_address: AddressGiven,
}

/// Where an order is to go.
#[derive(ToSchema)]
pub(super) struct AddressGiven {
    /// Street and number; may be empty.
    #[schema(
        max_length = 200,
        pattern = r"^[^\u0000-\u001f\u007f-\u009f]*$",
        example = "1 Main St"
    )]
    street: String,
    /// May be empty.
    #[schema(
        max_length = 200,
        pattern = r"^[^\u0000-\u001f\u007f-\u009f]*$",
        example = "Springfield"
    )]
    city: String,
    /// State or region; may be empty.
    #[schema(
        max_length = 200,
        pattern = r"^[^\u0000-\u001f\u007f-\u009f]*$",
        example = "IL"
    )]
    state: String,
    /// Not blank.
    #[schema(
        max_length = 20,
        pattern = r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$",
        example = "62701"
    )]
    postal_code: String,
    /// An officially assigned ISO 3166-1 alpha-2 code.
    #[schema(pattern = "^[A-Z]{2}$", example = "US")]
    country: String,
}

/// Why an order is cancelled.
#[derive(ToSchema)]
#[schema(example = json!({"reason": "ordered twice"}))]
pub(super) struct Cancellation {
    /// Printable, and not blank.
    #[schema(
        max_length = 500,
        pattern = r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$"
    )]
    reason: Option<String>,
}

/// Another tier of a customer.
#[derive(ToSchema)]
#[schema(example = json!({"tier": "gold"}))]
pub(super) struct TierChange {
    tier: Tier,
}

/// How an order travels.
#[derive(ToSchema)]
#[schema(
    example = json!({"carrier": "Royal Mail", "tracking_number": "RM123456789GB"})
)]
pub(super) struct ShipmentGiven {
    /// Printable, and not blank.
    #[schema(
        max_length = 100,
        pattern = r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$"
    )]
    carrier: String,
    /// Printable, and not blank.
    #[schema(
        max_length = 100,
        pattern = r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$"
    )]
    tracking_number: String,
}

/// Why an operator does something.
#[derive(ToSchema)]
#[schema(example = json!({"reason": "the mail server is being moved"}))]
pub(super) struct Reason {
    /// Printable, and not blank.
    #[schema(
        max_length = 500,
        pattern = r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$"
    )]
    reason: String,
}

/// Why an operator does something, where it need not be said.
#[derive(ToSchema)]
#[schema(example = json!({"reason": "the mail server is back"}))]
pub(super) struct ReasonPerhaps {
    /// Printable.
    #[schema(max_length = 500, pattern = r"^[^\u0000-\u001f\u007f-\u009f]*$")]
    reason: Option<String>,
}

/// A body that says nothing: none at all, or this.
#[derive(ToSchema)]
#[schema(example = json!({}))]
pub(super) struct Nothing {}
