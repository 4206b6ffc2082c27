//! The schemas of stock, as it is sent and answered.

#![expect(dead_code, reason = "only their shapes are used")]

use utoipa::ToSchema;

use super::{
    answers::Shortage,
    values::{Id, Time, Version},
};

/// Units more or fewer.
#[derive(ToSchema)]
#[schema(example = json!({"delta": 100, "reason": "delivery of May", "expected_on_hand": 0}))]
pub(super) struct Adjustment {
    /// Units more; fewer, when negative. Never 0.
    #[schema(minimum = -1_000_000_000, maximum = 1_000_000_000)]
    delta: i64,
    /// Why, in 1 to 200 characters.
    #[schema(min_length = 1, max_length = 200)]
    reason: String,
    /// What is on hand, as the caller believes; refused when it is not.
    #[schema(minimum = 0, maximum = 4_294_967_295_u32)]
    expected_on_hand: Option<u32>,
}

/// What was counted.
#[derive(ToSchema)]
#[schema(example = json!({"counted": 98, "expected_on_hand": 100}))]
pub(super) struct Count {
    /// Units that there are.
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    counted: u32,
    /// What is on hand by the books, as the caller was told; refused when that has changed since.
    #[schema(minimum = 0, maximum = 4_294_967_295_u32)]
    expected_on_hand: u32,
}

/// A product's stock.
#[derive(ToSchema)]
#[schema(example = json!({
    "product_id": "0197b2c4-0000-7000-8000-00000000beef",
    "on_hand": 100, "reserved": 2, "available": 98, "version": 4,
}))]
pub(super) struct StockItem {
    product_id: Id,
    /// Units there are.
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    on_hand: u32,
    /// Units of these that are held for orders.
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    reserved: u32,
    /// Units that are not.
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    available: u32,
    version: Version,
}

/// A page of stock.
#[derive(ToSchema)]
pub(super) struct StockItemList {
    data: Vec<StockItem>,
    /// Gets the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// A change of what is on hand.
#[derive(ToSchema)]
#[schema(example = json!({
    "product_id": "0197b2c4-0000-7000-8000-00000000beef",
    "version": 2, "delta": 100, "reason": "delivery of May", "order_id": null,
    "actor": "user:0197b2c4-0000-7000-8000-0000000000ad", "recorded_at": "2026-01-31T12:00:00.000000Z",
}))]
pub(super) struct LedgerEntry {
    product_id: Id,
    version: Version,
    /// Units more; fewer, when negative.
    delta: i64,
    /// Why.
    reason: String,
    /// The order that it left with, if it did.
    #[schema(required)]
    order_id: Option<Id>,
    /// Who wanted it; null, when an order took it.
    #[schema(required)]
    actor: Option<String>,
    recorded_at: Time,
}

/// A page of a ledger.
#[derive(ToSchema)]
pub(super) struct LedgerEntryList {
    data: Vec<LedgerEntry>,
    /// Gets the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}

/// An adjustment that was made.
#[derive(ToSchema)]
#[schema(example = json!({
    "entry": {
        "product_id": "0197b2c4-0000-7000-8000-00000000beef",
        "version": 2, "delta": 100, "reason": "delivery of May", "order_id": null,
        "actor": "user:0197b2c4-0000-7000-8000-0000000000ad", "recorded_at": "2026-01-31T12:00:00.000000Z",
    },
    "stock": {
        "product_id": "0197b2c4-0000-7000-8000-00000000beef",
        "on_hand": 100, "reserved": 0, "available": 100, "version": 2,
    },
}))]
pub(super) struct AdjustmentMade {
    entry: LedgerEntry,
    /// The stock after it.
    stock: StockItem,
}

/// Where a reservation stands.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
pub(super) enum ReservationState {
    Held,
    Committed,
    Released,
    Rejected,
}

/// Units of one product, over all lines of an order.
#[derive(ToSchema)]
pub(super) struct ReservedLine {
    product_id: Id,
    #[schema(minimum = 1, maximum = 50_000_000)]
    quantity: u32,
}

/// What is held for an order, or was, or could not be.
#[derive(ToSchema)]
#[schema(example = json!({
    "id": "0197b2c4-0000-7000-8000-0000000000c1",
    "order_id": "0197b2c4-0000-7000-8000-000000000001",
    "state": "held",
    "lines": [{"product_id": "0197b2c4-0000-7000-8000-00000000beef", "quantity": 2}],
    "shortages": [],
    "decided_at": "2026-01-31T12:00:00.000000Z", "updated_at": "2026-01-31T12:00:00.000000Z", "version": 1,
}))]
pub(super) struct Reservation {
    id: Id,
    order_id: Id,
    state: ReservationState,
    /// What was asked for: a line for each product.
    lines: Vec<ReservedLine>,
    /// What was short; empty, unless it was rejected.
    shortages: Vec<Shortage>,
    decided_at: Time,
    updated_at: Time,
    version: Version,
}

/// A page of reservations.
#[derive(ToSchema)]
pub(super) struct ReservationList {
    data: Vec<Reservation>,
    /// Gets the next page; null on the last one.
    #[schema(required)]
    next_cursor: Option<String>,
}
