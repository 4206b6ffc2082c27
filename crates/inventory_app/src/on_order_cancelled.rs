//! An order was cancelled, so what is held for it is free again. Nothing is held when its stock was rejected, or when it was
//! cancelled before it was confirmed.

use message_bus::{CommandMeta, ReactsTo, UseCaseError};
use shared_kernel::events::OrderCancelled;

use crate::{Inventory, desk::Wish};

impl ReactsTo<OrderCancelled> for Inventory {
    async fn react(&self, event: OrderCancelled, meta: CommandMeta) -> Result<(), UseCaseError> {
        self.desk.ask(event.order_id, Wish::Release, meta).await
    }
}
