//! An order was cancelled, so what is held for it is free again. Nothing is held when its stock was rejected, or when it was
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
