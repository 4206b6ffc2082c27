//! The schemas of what Orderly answers. A test holds them against answers.

#![expect(dead_code, reason = "only their shapes are used")]

use utoipa::ToSchema;

use super::values::{
    Allocation, CancellationCode, Currency, EmailAddress, Id, Money, OrderAction, OrderStatus, Quantity,
    Role, Standing, Tier, Time, Version,
};

/// A user.
#[derive(ToSchema)]
#[schema(example = json!({
    "id": "0197b2c4-0000-7000-8000-0000000000ad", "email": "ada@example.com",
    "role": "customer", "active": true, "created_at": "2026-01-31T12:00:00.000000Z", "version": 1,
}))]
pub(super) struct User {
    id: Id,
    email: EmailAddress,
    role: Role,
    /// Whether they may log in.
    active: bool,
    created_at: Time,
    version: Version,
}

/// Users.
#[derive(ToSchema)]
pub(super) struct UserList {
    data: Vec<User>,
    /// This list is never longer than one page.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// A log-in session that is open.
#[derive(ToSchema)]
#[schema(example = json!({
    "id": "0197b2c4-0000-7000-8000-0000000000f1",
    "created_at": "2026-01-31T12:00:00.000000Z", "last_used_at": "2026-01-31T12:00:00.000000Z",
    "expires_at": "2026-03-02T12:00:00.000000Z",
}))]
pub(super) struct Session {
    id: Id,
    /// When the user logged in.
    created_at: Time,
    /// When it was last refreshed, or opened.
    last_used_at: Time,
    /// When it expires, unless it is refreshed.
    expires_at: Time,
}

/// The user's open sessions.
#[derive(ToSchema)]
pub(super) struct SessionList {
    data: Vec<Session>,
    /// This list is never longer than one page.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// A pair of tokens (RFC 6749 section 5.1).
#[derive(ToSchema)]
#[schema(example = json!({
    "access_token": "eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl", "token_type": "Bearer",
    "expires_in": 900, "refresh_token": "bm90IGEgcmVhbCB0b2tlbg",
}))]
pub(super) struct Tokens {
    /// Goes into `Authorization: Bearer …`.
    access_token: String,
    #[schema(pattern = "^Bearer$", example = "Bearer")]
    token_type: String,
    /// How long the access token serves, in seconds.
    #[schema(minimum = 1)]
    expires_in: u32,
    /// Gets the next pair, once.
    refresh_token: String,
}

/// An order.
#[derive(ToSchema)]
#[schema(example = json!({
    "id": "0197b2c4-0000-7000-8000-000000000001",
    "reference": "7K3M-9QXD",
    "customer_id": "0197b2c4-0000-7000-8000-0000000000ad",
    "status": "pending",
    "allocation": "none",
    "currency": "USD",
    "lines": [{
        "id": "0197b2c4-0000-7000-8000-000000000002",
        "product_id": "0197b2c4-0000-7000-8000-00000000beef",
        "product_name": "Kettle",
        "quantity": 2,
        "unit_price": {"amount": "19.99", "currency": "USD"},
        "total": {"amount": "39.98", "currency": "USD"},
    }],
    "total": {"amount": "39.98", "currency": "USD"},
    "shipping_address": null,
    "cancellation": null,
    "shipment": null,
    "placed_at": "2026-01-31T12:00:00.000000Z",
    "updated_at": "2026-01-31T12:00:00.000000Z",
    "version": 1,
    "allowed_actions": ["add_line", "remove_line", "change_quantity", "confirm", "cancel"],
}))]
pub(super) struct Order {
    id: Id,
    /// Its short name for people.
    #[schema(
        pattern = "^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$",
        example = "7K3M-9QXD"
    )]
    reference: String,
    /// Who ordered.
    customer_id: Id,
    status: OrderStatus,
    allocation: Allocation,
    currency: Currency,
    /// In the order in which they were added.
    #[schema(max_items = 50)]
    lines: Vec<OrderLine>,
    /// The sum of its lines.
    total: Money,
    /// Known from its confirmation on.
    #[schema(required)]
    shipping_address: Option<Address>,
    /// Why it was cancelled, if it was.
    #[schema(required)]
    cancellation: Option<OrderCancellation>,
    /// How it travels, once it does.
    #[schema(required)]
    shipment: Option<Shipment>,
    placed_at: Time,
    updated_at: Time,
    version: Version,
    allowed_actions: Vec<OrderAction>,
}

/// A line of an order.
#[derive(ToSchema)]
pub(super) struct OrderLine {
    id: Id,
    product_id: Id,
    /// The product's name on this order.
    product_name: String,
    quantity: Quantity,
    /// Price of one unit.
    unit_price: Money,
    /// Price of all of them.
    total: Money,
    /// `false` where no stock is asked for it, as for a fee or a service; absent where it is.
    stock: Option<bool>,
}

/// Where an order goes.
#[derive(ToSchema)]
pub(super) struct Address {
    street: String,
    city: String,
    state: String,
    postal_code: String,
    /// ISO 3166-1 alpha-2 code.
    #[schema(pattern = "^[A-Z]{2}$", example = "US")]
    country: String,
}

/// Why an order was cancelled.
#[derive(ToSchema)]
pub(super) struct OrderCancellation {
    /// Which of the reasons that there are.
    code: CancellationCode,
    /// The reason in a person's words, if they gave one.
    #[schema(required)]
    reason: Option<String>,
    /// What was short; empty unless stock was the reason.
    shortages: Vec<Shortage>,
}

/// A product of which there was less than an order asked for.
#[derive(ToSchema)]
pub(super) struct Shortage {
    product_id: Id,
    /// The product's name on the order; absent where only inventory's side is told, and of orders from before it was kept.
    #[schema(nullable = false)]
    product_name: Option<String>,
    /// Units asked for, over all lines.
    #[schema(minimum = 1, maximum = 50_000_000)]
    requested: u32,
    /// Units there were.
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    available: u32,
}

/// How an order travels.
#[derive(ToSchema)]
pub(super) struct Shipment {
    carrier: String,
    tracking_number: String,
}

/// Part of a list of orders, newest first.
#[derive(ToSchema)]
pub(super) struct OrderList {
    data: Vec<Order>,
    /// Gets the next page, as `cursor`; null when this is the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// A customer.
#[derive(ToSchema)]
#[schema(example = json!({
    "id": "0197b2c4-0000-7000-8000-0000000000ad", "email": "ada@example.com",
    "tier": "standard", "status": "open", "version": 1,
}))]
pub(super) struct Customer {
    /// The user's id.
    id: Id,
    email: EmailAddress,
    tier: Tier,
    status: Standing,
    version: Version,
}

/// That the process lives.
#[derive(ToSchema)]
#[schema(example = json!({"status": "live"}))]
pub(super) struct Liveness {
    #[schema(pattern = "^live$")]
    status: String,
}

/// That every context can serve.
#[derive(ToSchema)]
#[schema(example = json!({"status": "ready", "contexts": [{"context": "ordering", "status": "ready"}]}))]
pub(super) struct Readiness {
    #[schema(pattern = "^ready$")]
    status: String,
    contexts: Vec<ContextReadiness>,
}

/// Whether one context can serve.
#[derive(ToSchema)]
pub(super) struct ContextReadiness {
    context: String,
    #[schema(pattern = "^(ready|behind|not_ready)$", example = "ready")]
    status: String,
}

/// This document.
#[derive(ToSchema)]
pub(super) struct Contract {
    #[schema(pattern = r"^3\.1\.[0-9]+$", example = "3.1.0")]
    openapi: String,
    #[schema(value_type = Object)]
    info: (),
    #[schema(value_type = Object)]
    paths: (),
    #[schema(value_type = Object)]
    components: (),
    #[schema(value_type = Vec<Object>)]
    tags: (),
}
