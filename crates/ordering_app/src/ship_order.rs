//! An order is shipped.

use message_bus::{Command, CommandMeta, Handles, UseCaseError};
use ordering_domain::Shipment;
use shared_kernel::OrderId;

use crate::{OrderView, Ordering};

/// Ship an order that is confirmed.
#[derive(Clone, Debug)]
pub struct ShipOrder {
    /// The order.
    pub order_id: OrderId,
    /// Who carries it.
    pub carrier: String,
    /// The carrier's number for it.
    pub tracking_number: String,
}

impl Command for ShipOrder {
    type Output = OrderView;
}

impl Handles<ShipOrder> for Ordering {
    async fn handle(&self, command: ShipOrder, meta: CommandMeta) -> Result<OrderView, UseCaseError> {
        let shipment = Shipment {
            carrier: command.carrier,
            tracking_number: command.tracking_number,
        };
        self.change_order(command.order_id, &meta, |order| {
            order.ship(shipment.clone(), meta.issued_at)
        })
        .await
    }
}
