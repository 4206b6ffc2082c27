//! Stock is reserved for an order, so it may ship.

use message_bus::{CommandMeta, ReactsTo, UseCaseError};
use shared_kernel::events::StockReserved;

use crate::Ordering;

impl ReactsTo<StockReserved> for Ordering {
    async fn react(&self, event: StockReserved, meta: CommandMeta) -> Result<(), UseCaseError> {
        self.apply_stock_result(event.order_id, &meta, |order| {
            order.stock_reserved(meta.issued_at)
        })
        .await
    }
}
