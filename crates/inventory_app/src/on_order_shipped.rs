//! An order left the house, so what is held for it is taken from stock. Nothing is held for an order from before there was an
//! inventory.

use message_bus::{CommandMeta, ReactsTo, UseCaseError};
use shared_kernel::events::OrderShipped;

use crate::{Inventory, desk::Wish};

impl ReactsTo<OrderShipped> for Inventory {
    async fn react(&self, event: OrderShipped, meta: CommandMeta) -> Result<(), UseCaseError> {
        self.desk.ask(event.order_id, Wish::Commit, meta).await
    }
}
