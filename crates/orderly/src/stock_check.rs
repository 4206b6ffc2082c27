//! Whether stock agrees with its ledger and its reservations, as `orderly doctor` checks.

use std::sync::Arc;

use async_trait::async_trait;
use inventory_app::{Inventory, StockDrift};
use message_bus::Unavailable;
use operations::{
    InvariantCheck,
    invariants::{Finding, MOST_FINDINGS, doctor::Invariant},
};

/// The check, over inventory.
pub(crate) struct StockCheck(pub(crate) Arc<Inventory>);

#[async_trait]
impl InvariantCheck for StockCheck {
    fn invariant(&self) -> Invariant {
        Invariant::Stock
    }

    fn at(&self) -> &'static str {
        "inventory"
    }

    async fn findings(&self) -> Result<Vec<Finding>, Unavailable> {
        Ok(drifted(&self.0).await?.iter().map(finding).collect())
    }
}

/// The products whose stock does not agree: at most [`MOST_FINDINGS`].
pub(crate) async fn drifted(inventory: &Inventory) -> Result<Vec<StockDrift>, Unavailable> {
    let limit = u32::try_from(MOST_FINDINGS).unwrap_or(u32::MAX);
    inventory.drifted(limit).await
}

/// What does not hold for one product's stock.
pub(crate) fn finding(drift: &StockDrift) -> Finding {
    Finding {
        subject: format!("stock of product {}", drift.product_id),
        detail: drift.to_string(),
    }
}
