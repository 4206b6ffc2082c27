//! The schemas of single values: ids, times, money, names out of closed lists.

#![expect(dead_code, reason = "only their shapes are used")]

use utoipa::ToSchema;

/// The id of one thing.
#[derive(ToSchema)]
#[schema(format = "uuid", example = "0197b2c4-0000-7000-8000-00000000beef")]
pub(super) struct Id(String);

/// A time, in UTC, to the microsecond.
#[derive(ToSchema)]
#[schema(format = "date-time", example = "2026-01-31T12:00:00.000000Z")]
pub(super) struct Time(String);

/// An e-mail address of at most 254 bytes. Letter case is kept, and does not tell two addresses apart.
#[derive(ToSchema)]
#[schema(format = "email", max_length = 254, example = "ada@example.com")]
pub(super) struct EmailAddress(String);

/// The version of this state; also its `ETag`, in quotes.
#[derive(ToSchema)]
#[schema(minimum = 1, maximum = 4_294_967_295_u32, example = 1)]
pub(super) struct Version(u64);

/// What a user may do. Each role includes the ones before it.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(super) enum Role {
    Customer,
    Staff,
    Admin,
}

/// A currency, by its ISO 4217 code.
#[derive(ToSchema)]
#[schema(rename_all = "UPPERCASE")]
pub(super) enum Currency {
    Usd,
    Eur,
    Gbp,
    Inr,
}

/// An amount of money, as it is answered: two decimal places, as a text.
#[derive(ToSchema)]
#[schema(example = json!({"amount": "19.99", "currency": "USD"}))]
pub(super) struct Money {
    /// As a text, since a JSON number may have been a float somewhere.
    #[schema(pattern = r"^[0-9]+\.[0-9]{2}$", example = "19.99")]
    amount: String,
    currency: Currency,
}

/// Units of a product.
#[derive(ToSchema)]
#[schema(minimum = 1, maximum = 1_000_000, example = 2)]
pub(super) struct Quantity(u32);

/// Whether a product can be ordered.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(super) enum ProductStatus {
    Listed,
    Delisted,
}

/// Where an order stands.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(super) enum OrderStatus {
    Pending,
    Confirmed,
    Shipped,
    Delivered,
    Cancelled,
}

/// Where an order's stock stands.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(super) enum Allocation {
    None,
    Requested,
    Reserved,
    Rejected,
    Released,
}

/// Why an order was cancelled.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(super) enum CancellationCode {
    /// Somebody asked for it.
    OnRequest,
    /// There was not enough stock.
    OutOfStock,
}

/// What can be done with an order as it stands, by whoever may.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(super) enum OrderAction {
    AddLine,
    RemoveLine,
    ChangeQuantity,
    Confirm,
    Cancel,
    Ship,
    Deliver,
}

/// A customer's price level.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(super) enum Tier {
    Standard,
    Silver,
    Gold,
}

/// Whether a customer may order.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(super) enum Standing {
    Open,
    Closed,
}
