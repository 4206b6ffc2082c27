//! An order was cancelled, so its reserved stock is freed. Nothing is reserved if its stock was rejected, or if it was
//! cancelled before it was confirmed.

use message_bus::{CommandMeta, ReactsTo, UseCaseError};
use shared_kernel::events::OrderCancelled;

use crate::{Inventory, reservation_batcher::StockRequest};

impl ReactsTo<OrderCancelled> for Inventory {
    async fn react(&self, event: OrderCancelled, meta: CommandMeta) -> Result<(), UseCaseError> {
        self.batcher
            .submit(event.order_id, StockRequest::Release, meta)
            .await
    }
}
