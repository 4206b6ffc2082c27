//! A line is taken off an order.

use message_bus::{Command, CommandMeta, Handles, UseCaseError};
use shared_kernel::{OrderId, OrderLineId};

use crate::{OrderView, Ordering};

/// Remove a line from an order that is pending.
#[derive(Clone, Debug)]
pub struct RemoveLine {
    /// The order.
    pub order_id: OrderId,
    /// The line.
    pub line_id: OrderLineId,
}

impl Command for RemoveLine {
    type Output = OrderView;
}

impl Handles<RemoveLine> for Ordering {
    async fn handle(&self, command: RemoveLine, meta: CommandMeta) -> Result<OrderView, UseCaseError> {
        self.change_order(command.order_id, &meta, |order| {
            order.remove_line(command.line_id, meta.issued_at)
        })
        .await
    }
}
