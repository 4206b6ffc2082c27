//! What can have happened to an order.

use shared_kernel::{Money, OrderLineId, Quantity};

use crate::{Address, Cancellation, OrderLine, Shipment};

/// One change of an order. What never changes after placing (reference, customer, currency) is read
/// from the order itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderEvent {
    /// It was placed.
    Placed {
        /// Its lines at that time.
        lines: Vec<OrderLine>,
        /// Their sum.
        total: Money,
    },
    /// A line was added.
    LineAdded {
        /// The line.
        line: OrderLine,
    },
    /// A line was removed.
    LineRemoved {
        /// The line.
        line_id: OrderLineId,
    },
    /// A line's quantity became another one.
    QuantityChanged {
        /// The line.
        line_id: OrderLineId,
        /// What it was.
        before: Quantity,
        /// What it is now.
        after: Quantity,
    },
    /// It was confirmed. From here on its lines stay as they are.
    Confirmed {
        /// Where it goes.
        shipping_address: Address,
        /// The sum of its lines.
        total: Money,
    },
    /// It goes to another address than it was confirmed with.
    AddressChanged {
        /// The new address.
        shipping_address: Address,
    },
    /// Stock is held for it.
    StockReserved,
    /// There was not enough stock for it, which was cancelled before anybody knew.
    StockRejected,
    /// What was held for it, which was cancelled, is free again.
    StockReleased,
    /// It left the house.
    Shipped {
        /// How it travels.
        shipment: Shipment,
    },
    /// It arrived.
    Delivered,
    /// It was cancelled.
    Cancelled {
        /// Why.
        cancellation: Cancellation,
    },
}
