//! A user adds units to the stock on hand, or takes some away.

use message_bus::{Command, CommandMeta, Handles, UseCaseError};
use shared_kernel::ProductId;

use crate::{AdjustmentView, Inventory, LedgerEntryView, StockItemView, inventory::changed_by};

/// Adjust what is on hand of a product.
#[derive(Clone, Debug)]
pub struct AdjustStock {
    /// The product.
    pub product_id: ProductId,
    /// Units more; fewer, when negative.
    pub delta: i64,
    /// Why.
    pub reason: String,
    /// The count on hand that the caller expects, if they state one.
    pub expected_on_hand: Option<u32>,
}

impl Command for AdjustStock {
    type Output = AdjustmentView;
}

impl Handles<AdjustStock> for Inventory {
    async fn handle(&self, command: AdjustStock, meta: CommandMeta) -> Result<AdjustmentView, UseCaseError> {
        let AdjustStock {
            product_id,
            delta,
            reason,
            expected_on_hand,
        } = command;
        let adjustment = self
            .change_stock(
                product_id,
                &meta,
                |item| {
                    item.adjust(
                        delta,
                        reason.clone(),
                        expected_on_hand,
                        changed_by(&meta),
                        meta.issued_at,
                    )
                },
                |item| {
                    let entry = item.ledger_entries().last();
                    entry.map(|(version, entry)| AdjustmentView {
                        entry: LedgerEntryView::of(product_id, version, entry),
                        stock: StockItemView::of(item),
                    })
                },
            )
            .await?;
        adjustment.ok_or_else(|| UseCaseError::defect("found an adjustment without an entry, expected one"))
    }
}
