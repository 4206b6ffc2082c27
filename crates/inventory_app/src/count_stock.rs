//! A user counted the stock on hand.

use message_bus::{Command, CommandMeta, Handles, UseCaseError};
use shared_kernel::ProductId;

use crate::{Inventory, StockItemView, inventory::changed_by};

/// Set what is on hand of a product to what was counted.
#[derive(Clone, Debug)]
pub struct CountStock {
    /// The product.
    pub product_id: ProductId,
    /// Units that there are.
    pub counted: u32,
    /// The count on hand that the caller was shown before.
    pub expected_on_hand: u32,
}

impl Command for CountStock {
    type Output = StockItemView;
}

impl Handles<CountStock> for Inventory {
    async fn handle(&self, command: CountStock, meta: CommandMeta) -> Result<StockItemView, UseCaseError> {
        self.change_stock(
            command.product_id,
            &meta,
            |item| {
                item.count(
                    command.counted,
                    command.expected_on_hand,
                    changed_by(&meta),
                    meta.issued_at,
                )
            },
            StockItemView::of,
        )
        .await
    }
}
