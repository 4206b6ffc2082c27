//! An order was confirmed, so its stock is reserved; or the others are told what is short.

use message_bus::{CommandMeta, ReactsTo, UseCaseError};
use shared_kernel::events::{OrderConfirmed, ReservedLine};

use crate::{Inventory, desk::Wish};

impl ReactsTo<OrderConfirmed> for Inventory {
    async fn react(&self, event: OrderConfirmed, meta: CommandMeta) -> Result<(), UseCaseError> {
        let lines = event.lines.iter().map(|line| ReservedLine {
            product_id: line.product_id,
            quantity: line.quantity.get(),
        });
        let wish = Wish::Reserve(lines.collect());
        self.desk.ask(event.order_id, wish, meta).await
    }
}
