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
    /// A line's quantity changed.
    QuantityChanged {
        /// The line.
        line_id: OrderLineId,
        /// The old quantity.
        before: Quantity,
        /// The new one.
        after: Quantity,
    },
    /// It was confirmed. Its lines no longer change.
    Confirmed {
        /// The address that it is shipped to.
        shipping_address: Address,
        /// The sum of its lines.
        total: Money,
    },
    /// The address that it is shipped to changed.
    AddressChanged {
        /// The new address.
        shipping_address: Address,
    },
    /// Its stock is reserved.
    StockReserved,
    /// There was not enough stock for it, but it had been cancelled before.
    StockRejected,
    /// It was cancelled, and its reserved stock is free again.
    StockReleased,
    /// It was shipped.
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
