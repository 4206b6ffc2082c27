//! The quantity of a line changes. An increase is checked like a new line; a decrease is not.

use message_bus::{Command, CommandMeta, Handles, UseCaseError, retry::retry_on_conflict};
use shared_kernel::{OrderId, OrderLineId, Quantity};

use crate::{
    OrderView, Ordering,
    ordering::{commit_order, refused},
    todays_terms::TodaysTerms,
};

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
        retry_on_conflict(&meta, self.ids.as_ref(), || async {
            let (unit, mut order) = self.order_to_change(command.order_id, &meta).await?;
            let record = order.record();
            let named = record.lines.iter().filter(|line| line.id == command.line_id);
            let products = named.map(|line| line.product_id);
            let today = TodaysTerms::read(&unit, record.customer_id, products).await?;
            let terms = today.terms(record.currency, &meta);
            order
                .change_quantity(command.line_id, command.quantity, &terms, meta.issued_at)
                .map_err(refused)?;
            commit_order(unit, order, &meta).await
        })
        .await
    }
}
