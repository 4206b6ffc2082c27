//! A person cancels an order.

use message_bus::{Command, CommandMeta, Handles, UseCaseError};
use shared_kernel::OrderId;

use crate::{OrderView, Ordering};

/// Cancel an order that has not been shipped.
#[derive(Clone, Debug)]
pub struct CancelOrder {
    /// The order.
    pub order_id: OrderId,
    /// Why, if they gave a reason.
    pub reason: Option<String>,
}

impl Command for CancelOrder {
    type Output = OrderView;
}

impl Handles<CancelOrder> for Ordering {
    async fn handle(&self, command: CancelOrder, meta: CommandMeta) -> Result<OrderView, UseCaseError> {
        self.change_order(command.order_id, &meta, |order| {
            order.cancel(command.reason.clone(), meta.issued_at)
        })
        .await
    }
}
