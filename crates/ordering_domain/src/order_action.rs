//! What can be done with an order in its present state.
//!
//! The rules decide it from the order alone; who may do it is decided elsewhere.

use crate::{OrderRecord, rules};

/// Something that can be done with an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OrderAction {
    /// Add a line.
    AddLine,
    /// Remove a line.
    RemoveLine,
    /// Change a line's quantity.
    ChangeQuantity,
    /// Confirm it.
    Confirm,
    /// Change the address that it is shipped to.
    ChangeShippingAddress,
    /// Cancel it.
    Cancel,
    /// Ship it.
    Ship,
    /// Deliver it.
    Deliver,
}

impl OrderAction {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 8] = [
        Self::AddLine,
        Self::RemoveLine,
        Self::ChangeQuantity,
        Self::Confirm,
        Self::ChangeShippingAddress,
        Self::Cancel,
        Self::Ship,
        Self::Deliver,
    ];

    /// The name used in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AddLine => "add_line",
            Self::RemoveLine => "remove_line",
            Self::ChangeQuantity => "change_quantity",
            Self::Confirm => "confirm",
            Self::ChangeShippingAddress => "change_shipping_address",
            Self::Cancel => "cancel",
            Self::Ship => "ship",
            Self::Deliver => "deliver",
        }
    }

    fn is_allowed(self, order: &OrderRecord) -> bool {
        let lines = order.lines.len();
        let pending = rules::only_pending_orders_change::check(order.status).is_ok();
        match self {
            Self::AddLine => pending && rules::order_line_limit::check(lines.saturating_add(1)).is_ok(),
            Self::RemoveLine | Self::ChangeQuantity => pending && lines > 0,
            Self::Confirm => {
                rules::an_order_is_confirmed_once::check(order.status).is_ok()
                    && rules::confirming_needs_lines::check(lines).is_ok()
            }
            Self::ChangeShippingAddress => {
                rules::only_confirmed_orders_change_address::check(order.status).is_ok()
            }
            Self::Cancel => {
                rules::only_pending_or_confirmed_orders_are_cancelled::check(order.status).is_ok()
            }
            Self::Ship => {
                rules::only_confirmed_orders_ship::check(order.status).is_ok()
                    && rules::shipping_needs_reserved_stock::check(order.allocation).is_ok()
            }
            Self::Deliver => rules::only_shipped_orders_are_delivered::check(order.status).is_ok(),
        }
    }
}

impl OrderRecord {
    /// What can be done with the order in its present state.
    pub fn allowed_actions(&self) -> Vec<OrderAction> {
        OrderAction::ALL
            .into_iter()
            .filter(|action| action.is_allowed(self))
            .collect()
    }
}
