//! An order was confirmed, so its stock is reserved, or an event says what is short. An order that asks for no stock leads to no event.

use inventory_domain::rules::only_lines_that_ask_for_stock_are_reserved::wanted;
use message_bus::{CommandMeta, ReactsTo, UseCaseError};
use shared_kernel::events::OrderConfirmed;

use crate::{Inventory, reservation_batcher::StockRequest};

impl ReactsTo<OrderConfirmed> for Inventory {
    async fn react(&self, event: OrderConfirmed, meta: CommandMeta) -> Result<(), UseCaseError> {
        let request = StockRequest::Reserve(wanted(&event.lines));
        self.batcher.submit(event.order_id, request, meta).await
    }
}
