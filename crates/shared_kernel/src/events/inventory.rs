//! What inventory publishes about the stock of an order.

use serde::{Deserialize, Serialize};

use crate::{
    OrderId, ProductId, ReservationId,
    events::{Shortage, integration_events},
};

/// Units of one product that are reserved for an order, over all its lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReservedLine {
    /// The product.
    pub product_id: ProductId,
    /// Units: together an order's lines may have more than a single line can carry.
    pub quantity: u32,
}

/// Everything that an order asked for is reserved for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockReserved {
    /// The order.
    pub order_id: OrderId,
    /// The reservation.
    pub reservation_id: ReservationId,
    /// What is reserved, a line for each product.
    pub lines: Vec<ReservedLine>,
}

/// What was reserved for an order is free again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockReleased {
    /// The order.
    pub order_id: OrderId,
    /// The reservation.
    pub reservation_id: ReservationId,
    /// What was reserved, a line for each product.
    pub lines: Vec<ReservedLine>,
}

/// There was less than an order asked for, so nothing is reserved for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StockReservationRejected {
    /// The order.
    pub order_id: OrderId,
    /// What was short: every such product.
    pub shortages: Vec<Shortage>,
}

integration_events!(
    INVENTORY_EVENTS, "reservation": StockReserved v 1, StockReservationRejected v 1, StockReleased v 1
);
