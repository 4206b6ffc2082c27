//! What ordering publishes about orders.

use serde::{Deserialize, Serialize};

use crate::{
    Currency, CustomerId, LineStock, Money, OrderId, ProductId, Quantity,
    events::{Shortage, integration_events},
};

/// A line of an order, as it was when the event happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderedLine {
    /// The product.
    pub product_id: ProductId,
    /// Its name on the order.
    pub product_name: String,
    /// Units ordered.
    pub quantity: Quantity,
    /// Price of one unit on this order.
    pub unit_price: Money,
    /// Whether stock is asked for it. Absent where it is, and in events from before there was a choice.
    #[serde(default, skip_serializing_if = "LineStock::is_asked")]
    pub stock: LineStock,
}

/// Where an order goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostalAddress {
    /// Street and number.
    pub street: String,
    /// City.
    pub city: String,
    /// State or region; may be empty.
    pub state: String,
    /// Postal code.
    pub postal_code: String,
    /// ISO 3166-1 alpha-2 code.
    pub country: String,
}

/// A customer placed an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderPlaced {
    /// The order.
    pub order_id: OrderId,
    /// The order's short name for people.
    pub reference: String,
    /// Who ordered.
    pub customer_id: CustomerId,
    /// The order's one currency.
    pub currency: Currency,
    /// The sum of its lines.
    pub total: Money,
    /// Its lines.
    pub lines: Vec<OrderedLine>,
}

/// A customer confirmed an order and said where it goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderConfirmed {
    /// The order.
    pub order_id: OrderId,
    /// The order's short name for people.
    pub reference: String,
    /// Who ordered.
    pub customer_id: CustomerId,
    /// The order's one currency.
    pub currency: Currency,
    /// The sum of its lines.
    pub total: Money,
    /// Its lines, which no longer change.
    pub lines: Vec<OrderedLine>,
    /// Where it goes.
    pub shipping_address: PostalAddress,
}

/// An order was shipped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderShipped {
    /// The order.
    pub order_id: OrderId,
    /// The order's short name for people.
    pub reference: String,
    /// Who ordered.
    pub customer_id: CustomerId,
    /// Who carries it.
    pub carrier: String,
    /// The carrier's number for it.
    pub tracking_number: String,
}

/// An order arrived.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderDelivered {
    /// The order.
    pub order_id: OrderId,
    /// The order's short name for people.
    pub reference: String,
    /// Who ordered.
    pub customer_id: CustomerId,
}

/// An order was cancelled, by a person or for lack of stock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderCancelled {
    /// The order.
    pub order_id: OrderId,
    /// The order's short name for people.
    pub reference: String,
    /// Who ordered.
    pub customer_id: CustomerId,
    /// The reason: `on_request` or `out_of_stock`. Events from before there were codes have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Why, in one text, as it was before there were codes: a person's words, or else the code.
    pub reason: String,
    /// What was short; empty unless stock was the reason.
    pub shortages: Vec<Shortage>,
}

integration_events!(
    ORDERING_EVENTS, "order": OrderPlaced v 1, OrderConfirmed v 1, OrderShipped v 1, OrderDelivered v 1, OrderCancelled v 1
);
