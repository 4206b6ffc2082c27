//! A cancelled order's reserved stock is free again.

use message_bus::{CommandMeta, ReactsTo, UseCaseError};
use shared_kernel::events::StockReleased;

use crate::Ordering;

impl ReactsTo<StockReleased> for Ordering {
    async fn react(&self, event: StockReleased, meta: CommandMeta) -> Result<(), UseCaseError> {
        self.apply_stock_result(event.order_id, &meta, |order| {
            order.stock_released(meta.issued_at)
        })
        .await
    }
}
