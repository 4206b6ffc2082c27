//! What inventory answers: plain data, in the shape that callers see.

use inventory_domain::{ChangedBy, LedgerEntry, ReservationRecord, StockCorrection, StockItem, StockRecord};
use schema::{Components, HasSchema, Value};
use serde::{Deserialize, Serialize};
use shared_kernel::{
    AggregateRoot, OrderId, ProductId, ReservationId, Timestamp, Version,
    events::{ReservedLine, Shortage},
};

use crate::limits;

/// A product's stock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, HasSchema)]
#[schema(name = "StockItem", example({
    "product_id": "0197b2c4-0000-7000-8000-00000000beef",
    "on_hand": 100, "reserved": 2, "available": 98, "version": 4,
}))]
pub struct StockItemView {
    /// The product.
    pub product_id: ProductId,
    /// Units there are.
    #[schema(maximum = limits::ON_HAND)]
    pub on_hand: u32,
    /// Units of these that are held for orders.
    #[schema(maximum = limits::ON_HAND)]
    pub reserved: u32,
    /// Units that are not.
    #[schema(maximum = limits::ON_HAND)]
    pub available: u32,
    /// The version of this state.
    pub version: Version,
}

/// An adjustment that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, HasSchema)]
#[schema(name = "AdjustmentMade", example({
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
pub struct AdjustmentView {
    /// The entry.
    pub entry: LedgerEntryView,
    /// The stock after it.
    pub stock: StockItemView,
}

/// A change of what is on hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, HasSchema)]
#[schema(name = "LedgerEntry", example({
    "product_id": "0197b2c4-0000-7000-8000-00000000beef",
    "version": 2, "delta": 100, "reason": "delivery of May", "order_id": null,
    "actor": "user:0197b2c4-0000-7000-8000-0000000000ad", "recorded_at": "2026-01-31T12:00:00.000000Z",
}))]
pub struct LedgerEntryView {
    /// The product.
    pub product_id: ProductId,
    /// The version of the stock item that it led to; names the entry within its product.
    pub version: Version,
    /// Units more; fewer, when negative.
    pub delta: i64,
    /// Why.
    pub reason: String,
    /// The order that it left with, if it did.
    pub order_id: Option<OrderId>,
    /// Who wanted it; null, when an order took it.
    pub actor: Option<String>,
    /// When.
    pub recorded_at: Timestamp,
}

/// What is held for an order, or was, or could not be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, HasSchema)]
#[schema(name = "Reservation", example({
    "id": "0197b2c4-0000-7000-8000-0000000000c1",
    "order_id": "0197b2c4-0000-7000-8000-000000000001",
    "state": "held",
    "lines": [{"product_id": "0197b2c4-0000-7000-8000-00000000beef", "quantity": 2}],
    "shortages": [],
    "decided_at": "2026-01-31T12:00:00.000000Z", "updated_at": "2026-01-31T12:00:00.000000Z", "version": 1,
}))]
pub struct ReservationView {
    /// The reservation.
    pub id: ReservationId,
    /// The order.
    pub order_id: OrderId,
    /// Where it stands.
    #[schema(with = reservation_state)]
    pub state: String,
    /// What was asked for: a line for each product.
    pub lines: Vec<ReservedLine>,
    /// What was short; empty, unless it was rejected.
    pub shortages: Vec<Shortage>,
    /// When it was decided.
    pub decided_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// The version of this state.
    pub version: Version,
}

fn reservation_state(components: &mut Components) -> Value {
    let names = ["held", "committed", "released", "rejected"];
    components.names("ReservationState", "Where a reservation stands.", names)
}

/// The status of an order's reservation, as the doctor compares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReservationStatus {
    /// The order.
    pub order_id: OrderId,
    /// Its reservation.
    pub reservation_id: ReservationId,
    /// `held`, `committed`, `released` or `rejected`.
    pub state: String,
    /// The version of this state.
    pub version: Version,
}

/// A product's stock beside its ledger's sum and its reserved units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StockDrift {
    /// The product.
    pub product_id: ProductId,
    /// The data of its stock item, and at which version; nothing, when it has none.
    pub item: Option<(StockRecord, Version)>,
    /// The sum of its ledger.
    pub ledger: i64,
    /// The units of it that are held.
    pub held: u64,
}

/// What must change so that a product's stock agrees with its ledger and its reservations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CorrectionView {
    /// The product.
    pub product_id: ProductId,
    /// The version of the stock item at which this was found.
    pub version: Version,
    /// The delta of the ledger entry to write; 0, when the ledger misses none.
    pub ledger_delta: i64,
    /// What is reserved.
    pub reserved_from: u32,
    /// What is to be.
    pub reserved_to: u32,
}

impl StockItemView {
    /// The view of a stock item with all its changes.
    pub fn of(item: &StockItem) -> Self {
        Self::of_record(item.record(), item.version())
    }

    /// The view of a stock item's data at a version.
    pub const fn of_record(record: &StockRecord, version: Version) -> Self {
        Self {
            product_id: record.product_id,
            on_hand: record.on_hand,
            reserved: record.reserved,
            available: record.available(),
            version,
        }
    }
}

impl LedgerEntryView {
    /// The view of a product's entry.
    pub fn of(product_id: ProductId, version: Version, entry: &LedgerEntry) -> Self {
        let (order_id, actor) = match &entry.by {
            ChangedBy::Order(order_id) => (Some(*order_id), None),
            ChangedBy::Actor(actor) => (None, Some(actor.clone())),
        };
        Self {
            product_id,
            version,
            delta: entry.delta,
            reason: entry.reason.clone(),
            order_id,
            actor,
            recorded_at: entry.at,
        }
    }
}

impl ReservationView {
    /// The view of a reservation's data at a version.
    pub fn of_record(record: ReservationRecord, version: Version) -> Self {
        Self {
            id: record.id,
            order_id: record.order_id,
            state: record.state.name().to_owned(),
            shortages: record.state.shortages().to_vec(),
            lines: record.lines,
            decided_at: record.decided_at,
            updated_at: record.updated_at,
            version,
        }
    }
}

impl From<StockCorrection> for CorrectionView {
    fn from(correction: StockCorrection) -> Self {
        Self {
            product_id: correction.product_id,
            version: correction.version,
            ledger_delta: correction.ledger_delta,
            reserved_from: correction.reserved_from,
            reserved_to: correction.reserved_to,
        }
    }
}

impl From<CorrectionView> for StockCorrection {
    fn from(view: CorrectionView) -> Self {
        Self {
            product_id: view.product_id,
            version: view.version,
            ledger_delta: view.ledger_delta,
            reserved_from: view.reserved_from,
            reserved_to: view.reserved_to,
        }
    }
}
