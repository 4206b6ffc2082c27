//! There was not enough stock for an order, so it is cancelled, and records what was short.

use message_bus::{CommandMeta, ReactsTo, UseCaseError};
use shared_kernel::events::StockReservationRejected;

use crate::Ordering;

impl ReactsTo<StockReservationRejected> for Ordering {
    async fn react(&self, event: StockReservationRejected, meta: CommandMeta) -> Result<(), UseCaseError> {
        self.apply_stock_result(event.order_id, &meta, |order| {
            order.stock_rejected(event.shortages.clone(), meta.issued_at);
        })
        .await
    }
}
