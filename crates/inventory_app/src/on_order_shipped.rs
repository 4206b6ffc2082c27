//! An order was shipped, so its reserved stock is taken. Nothing is reserved for an order from before there was an
//! inventory context.

use message_bus::{CommandMeta, ReactsTo, UseCaseError};
use shared_kernel::events::OrderShipped;

use crate::{Inventory, reservation_batcher::StockRequest};

impl ReactsTo<OrderShipped> for Inventory {
    async fn react(&self, event: OrderShipped, meta: CommandMeta) -> Result<(), UseCaseError> {
        self.batcher
            .submit(event.order_id, StockRequest::Fulfil, meta)
            .await
    }
}
