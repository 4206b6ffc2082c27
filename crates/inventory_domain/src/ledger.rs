//! The ledger: the history of a product's units on hand.
//!
//! Every change of what is on hand is one entry, so that on hand is the sum of all deltas. An entry is
//! named by its product and the version of the stock item that it led to; it has no id of its own.

use shared_kernel::{OrderId, Timestamp};

/// Why on hand fell when an order was shipped.
pub const SHIPPED: &str = "shipped";
/// Why on hand changed when the stock was counted.
pub const COUNTED: &str = "counted";
/// Why an entry was written whose delta was missing from the ledger.
pub const CORRECTED: &str = "corrected";

/// One change of what is on hand of a product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerEntry {
    /// Units more; fewer, when negative.
    pub delta: i64,
    /// Why.
    pub reason: String,
    /// Who.
    pub by: ChangedBy,
    /// When.
    pub at: Timestamp,
}

/// Who changed what is on hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangedBy {
    /// An order that was shipped.
    Order(OrderId),
    /// The actor who asked for it, in the bus's form.
    Actor(String),
}
