//! An order is confirmed once, while it is pending.

use shared_kernel::{Refusal, RefusalKind};

use crate::{OrderError, OrderStatus, rules::only_pending_orders_change};

/// The order was confirmed before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the order was confirmed before and is {status}; expected a pending one")]
pub struct OrderAlreadyConfirmed {
    /// Its status.
    pub status: OrderStatus,
}

impl From<OrderAlreadyConfirmed> for Refusal {
    fn from(error: OrderAlreadyConfirmed) -> Self {
        Self::new(RefusalKind::State, "order_already_confirmed", &error).with("status", error.status.name())
    }
}

pub(crate) fn check(status: OrderStatus) -> Result<(), OrderError> {
    match status {
        OrderStatus::Confirmed | OrderStatus::Shipped | OrderStatus::Delivered => {
            Err(OrderAlreadyConfirmed { status }.into())
        }
        OrderStatus::Pending | OrderStatus::Cancelled => Ok(only_pending_orders_change::check(status)?),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::only_pending_orders_change::OrderNotPending;

    #[test]
    fn a_pending_order_can_be_confirmed() {
        assert_eq!(check(OrderStatus::Pending), Ok(()));
    }

    #[test]
    fn an_order_that_was_confirmed_cannot_be_again() {
        for status in [
            OrderStatus::Confirmed,
            OrderStatus::Shipped,
            OrderStatus::Delivered,
        ] {
            assert_eq!(check(status), Err(OrderAlreadyConfirmed { status }.into()));
        }
    }

    #[test]
    fn a_cancelled_order_is_not_pending_whether_it_was_confirmed_or_not() {
        let status = OrderStatus::Cancelled;
        assert_eq!(check(status), Err(OrderNotPending { status }.into()));
    }
}
