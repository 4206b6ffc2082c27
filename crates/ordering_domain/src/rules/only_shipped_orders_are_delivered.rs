//! Only a shipped order can be delivered.

use shared_kernel::{Refusal, RefusalKind};

use crate::OrderStatus;

/// The order is not shipped, or already delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the order is {status}; expected a shipped one")]
pub struct OrderNotShipped {
    /// The order's status.
    pub status: OrderStatus,
}

impl From<OrderNotShipped> for Refusal {
    fn from(error: OrderNotShipped) -> Self {
        Self::new(RefusalKind::State, "order_not_shipped", &error).with("status", error.status.name())
    }
}

pub(crate) fn check(status: OrderStatus) -> Result<(), OrderNotShipped> {
    match status {
        OrderStatus::Shipped => Ok(()),
        OrderStatus::Pending | OrderStatus::Confirmed | OrderStatus::Delivered | OrderStatus::Cancelled => {
            Err(OrderNotShipped { status })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_but_shipped_is_refused() {
        for status in OrderStatus::ALL {
            assert_eq!(check(status).is_ok(), status == OrderStatus::Shipped, "{status}");
        }
    }
}
