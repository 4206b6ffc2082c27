//! Domain events of orders and customers, as the event log takes them.
//!
//! Five of an order's are delivered to other contexts; the others, and all of a customer's, stay private.

use message_bus::{NewEvent, Unavailable};
use ordering_domain::{Address, Customer, CustomerEvent, Order, OrderEvent, OrderLine};
use serde_json::{Value, json};
use shared_kernel::{
    AggregateRoot, CustomerId, OrderId, Version,
    events::{
        OrderCancelled, OrderConfirmed, OrderDelivered, OrderPlaced, OrderShipped, OrderedLine, PostalAddress,
    },
};

/// The events raised since the order was loaded, oldest first.
///
/// # Errors
/// [`Unavailable::Defect`] when an event has no JSON form.
pub fn order_events(order: &Order) -> Result<Vec<NewEvent>, Unavailable> {
    order
        .changes()
        .events()
        .map(|(version, event)| order_event(order, version, event))
        .collect::<Result<_, _>>()
        .map_err(Unavailable::defect)
}

/// The events raised since the customer was loaded, oldest first.
pub fn customer_events(customer: &Customer) -> Vec<NewEvent> {
    customer
        .changes()
        .events()
        .map(|(version, event)| customer_event(customer.id(), version, event))
        .collect()
}

fn order_event(order: &Order, version: Version, event: &OrderEvent) -> Result<NewEvent, serde_json::Error> {
    let record = order.record();
    let (order_id, customer_id, currency) = (record.id, record.customer_id, record.currency);
    let reference = record.reference.to_string();
    let uuid = order_id.uuid();
    match event {
        OrderEvent::Placed { lines, total } => {
            let placed = OrderPlaced {
                order_id,
                reference,
                customer_id,
                currency,
                total: *total,
                lines: lines.iter().map(ordered_line).collect(),
            };
            NewEvent::delivered(&placed, uuid, version)
        }
        OrderEvent::LineAdded { line } => {
            let data = json!({ "order_id": order_id, "line_id": line.id, "line": ordered_line(line) });
            Ok(private(order_id, "OrderLineAdded", version, data))
        }
        OrderEvent::LineRemoved { line_id } => {
            let data = json!({ "order_id": order_id, "line_id": line_id });
            Ok(private(order_id, "OrderLineRemoved", version, data))
        }
        OrderEvent::QuantityChanged {
            line_id,
            before,
            after,
        } => {
            let data = json!({ "order_id": order_id, "line_id": line_id, "before": before, "after": after });
            Ok(private(order_id, "OrderLineQuantityChanged", version, data))
        }
        OrderEvent::Confirmed {
            shipping_address,
            total,
        } => {
            let confirmed = OrderConfirmed {
                order_id,
                reference,
                customer_id,
                currency,
                total: *total,
                // A confirmed order's lines never change again, so these are the ones that were confirmed.
                lines: record.lines.iter().map(ordered_line).collect(),
                shipping_address: postal_address(shipping_address),
            };
            NewEvent::delivered(&confirmed, uuid, version)
        }
        OrderEvent::AddressChanged { shipping_address } => {
            let data = json!({ "order_id": order_id, "shipping_address": postal_address(shipping_address) });
            Ok(private(order_id, "OrderAddressChanged", version, data))
        }
        OrderEvent::StockReserved => {
            let data = json!({ "order_id": order_id });
            Ok(private(order_id, "OrderStockReserved", version, data))
        }
        OrderEvent::StockRejected => {
            let data = json!({ "order_id": order_id });
            Ok(private(order_id, "OrderStockRejected", version, data))
        }
        OrderEvent::StockReleased => {
            let data = json!({ "order_id": order_id });
            Ok(private(order_id, "OrderStockReleased", version, data))
        }
        OrderEvent::Shipped { shipment } => {
            let shipped = OrderShipped {
                order_id,
                reference,
                customer_id,
                carrier: shipment.carrier.clone(),
                tracking_number: shipment.tracking_number.clone(),
            };
            NewEvent::delivered(&shipped, uuid, version)
        }
        OrderEvent::Delivered => {
            let delivered = OrderDelivered {
                order_id,
                reference,
                customer_id,
            };
            NewEvent::delivered(&delivered, uuid, version)
        }
        OrderEvent::Cancelled { cancellation } => {
            let cancelled = OrderCancelled {
                order_id,
                reference,
                customer_id,
                code: Some(cancellation.code.name().to_owned()),
                reason: cancellation.in_one_text().to_owned(),
                shortages: cancellation.shortages.clone(),
            };
            NewEvent::delivered(&cancelled, uuid, version)
        }
    }
}

fn customer_event(customer_id: CustomerId, version: Version, event: &CustomerEvent) -> NewEvent {
    let (event_type, data) = match event {
        CustomerEvent::Registered { email } => (
            "CustomerRegistered",
            json!({ "customer_id": customer_id, "email": email }),
        ),
        CustomerEvent::EmailChanged { email } => (
            "CustomerEmailChanged",
            json!({ "customer_id": customer_id, "email": email }),
        ),
        CustomerEvent::TierChanged { tier } => (
            "CustomerTierChanged",
            json!({ "customer_id": customer_id, "tier": tier.name() }),
        ),
        CustomerEvent::Closed => ("CustomerClosed", json!({ "customer_id": customer_id })),
        CustomerEvent::Opened => ("CustomerOpened", json!({ "customer_id": customer_id })),
    };
    NewEvent::private(event_type, "customer", customer_id.uuid(), version, data)
}

fn private(order_id: OrderId, event_type: &'static str, version: Version, data: Value) -> NewEvent {
    NewEvent::private(event_type, "order", order_id.uuid(), version, data)
}

fn ordered_line(line: &OrderLine) -> OrderedLine {
    OrderedLine {
        product_id: line.product_id,
        product_name: line.product_name.clone(),
        quantity: line.quantity,
        unit_price: line.unit_price,
        stock: line.stock,
    }
}

fn postal_address(address: &Address) -> PostalAddress {
    let parts = address.parts().clone();
    PostalAddress {
        street: parts.street,
        city: parts.city,
        state: parts.state,
        postal_code: parts.postal_code,
        country: parts.country,
    }
}
