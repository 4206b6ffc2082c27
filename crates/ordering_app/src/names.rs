//! The schemas of names out of closed lists: the domain's own lists.

use ordering_domain::{Allocation, CancellationCode, CustomerStatus, CustomerTier, OrderAction, OrderStatus};
use schema::{Components, Value, json};

/// The schema of an order's status.
pub fn order_status(components: &mut Components) -> Value {
    let names = OrderStatus::ALL.map(OrderStatus::name);
    components.names("OrderStatus", "Where an order stands.", names)
}

pub(crate) fn allocation(components: &mut Components) -> Value {
    let names = Allocation::ALL.map(Allocation::name);
    components.names("Allocation", "Where an order's stock stands.", names)
}

pub(crate) fn order_actions(components: &mut Components) -> Value {
    let about = "What can be done with an order as it stands, by whoever may.";
    let action = components.names("OrderAction", about, OrderAction::ALL.map(OrderAction::name));
    json!({"type": "array", "items": action})
}

pub(crate) fn cancellation_code(components: &mut Components) -> Value {
    let names = CancellationCode::ALL.map(CancellationCode::name);
    components.names("CancellationCode", "Why an order was cancelled.", names)
}

/// The schema of a customer's tier.
pub fn customer_tier(components: &mut Components) -> Value {
    components.names(
        "Tier",
        "A customer's price level.",
        CustomerTier::ALL.map(CustomerTier::name),
    )
}

pub(crate) fn customer_status(components: &mut Components) -> Value {
    let names = CustomerStatus::ALL.map(CustomerStatus::name);
    components.names("Standing", "Whether a customer may order.", names)
}
