//! An order was shipped, so what is held for it is taken from stock. Nothing is held for an order from before there was an
//! inventory.

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
