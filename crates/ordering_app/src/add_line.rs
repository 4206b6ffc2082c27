//! A line is added to an order.

use message_bus::{Command, CommandMeta, Handles, UseCaseError, retry::retry_on_conflict};
use shared_kernel::OrderId;

use crate::{
    LineToOrder, OrderView, Ordering,
    ordering::{commit_order, refused},
    place_order::priced,
};

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
        let wanted = [command.line.with_id(self.ids.as_ref())];
        retry_on_conflict(&meta, self.ids.as_ref(), || async {
            let (unit, mut order) = self.order_to_change(command.order_id, &meta).await?;
            let (customer_id, currency) = (order.record().customer_id, order.record().currency);
            let (_, lines) = priced(&wanted, customer_id, currency, &unit, &meta).await?;
            for line in lines {
                order.add_line(line, meta.issued_at).map_err(refused)?;
            }
            commit_order(unit, order, &meta).await
        })
        .await
    }
}
