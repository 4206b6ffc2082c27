//! More, or fewer, of the same product are ordered.

use message_bus::{Command, CommandMeta, Handles, UseCaseError};
use shared_kernel::{OrderId, OrderLineId, Quantity};

use crate::{OrderView, Ordering};

/// Change the quantity of a line of an order that is pending.
#[derive(Clone, Debug)]
pub struct ChangeQuantity {
    /// The order.
    pub order_id: OrderId,
    /// The line.
    pub line_id: OrderLineId,
    /// The new quantity.
    pub quantity: Quantity,
}

impl Command for ChangeQuantity {
    type Output = OrderView;
}

impl Handles<ChangeQuantity> for Ordering {
    async fn handle(&self, command: ChangeQuantity, meta: CommandMeta) -> Result<OrderView, UseCaseError> {
        self.change_order(command.order_id, &meta, |order| {
            order.change_quantity(command.line_id, command.quantity, meta.issued_at)
        })
        .await
    }
}
