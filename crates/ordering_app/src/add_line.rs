//! A line is added to an order.

use message_bus::{Command, CommandMeta, Handles, UseCaseError};
use shared_kernel::OrderId;

use crate::{LineToOrder, OrderView, Ordering};

/// Add a line to an order that is pending.
#[derive(Clone, Debug)]
pub struct AddLine {
    /// The order.
    pub order_id: OrderId,
    /// The line.
    pub line: LineToOrder,
}

impl Command for AddLine {
    type Output = OrderView;
}

impl Handles<AddLine> for Ordering {
    async fn handle(&self, command: AddLine, meta: CommandMeta) -> Result<OrderView, UseCaseError> {
        let line = command.line.with_id(self.ids.as_ref());
        self.change_order(command.order_id, &meta, |order| {
            order.add_line(line.clone(), meta.issued_at)
        })
        .await
    }
}
