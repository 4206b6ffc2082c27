//! An order is delivered.

use message_bus::{Command, CommandMeta, Handles, UseCaseError};
use shared_kernel::OrderId;

use crate::{OrderView, Ordering};

/// Record that a shipped order has arrived.
#[derive(Clone, Debug)]
pub struct DeliverOrder {
    /// The order.
    pub order_id: OrderId,
}

impl Command for DeliverOrder {
    type Output = OrderView;
}

impl Handles<DeliverOrder> for Ordering {
    async fn handle(&self, command: DeliverOrder, meta: CommandMeta) -> Result<OrderView, UseCaseError> {
        self.change_order(command.order_id, &meta, |order| order.deliver(meta.issued_at))
            .await
    }
}
