//! Only a pending order changes its lines.

use shared_kernel::{Refusal, RefusalKind};

use crate::OrderStatus;

/// The order's lines are settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the order is {status}; expected a pending one")]
pub struct OrderNotPending {
    /// The order's status.
    pub status: OrderStatus,
}

impl From<OrderNotPending> for Refusal {
    fn from(error: OrderNotPending) -> Self {
        Self::new(RefusalKind::State, "order_not_pending", &error).with("status", error.status.name())
    }
}

pub(crate) fn check(status: OrderStatus) -> Result<(), OrderNotPending> {
    match status {
        OrderStatus::Pending => Ok(()),
        OrderStatus::Confirmed | OrderStatus::Shipped | OrderStatus::Delivered | OrderStatus::Cancelled => {
            Err(OrderNotPending { status })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_but_pending_is_refused() {
        for status in OrderStatus::ALL {
            assert_eq!(check(status).is_ok(), status == OrderStatus::Pending, "{status}");
        }
    }
}
