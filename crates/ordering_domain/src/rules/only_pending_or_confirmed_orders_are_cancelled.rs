//! Only pending or confirmed orders can be cancelled; a cancelled one cannot be cancelled again.

use shared_kernel::{Refusal, RefusalKind};

use crate::{OrderError, OrderStatus};

/// The order was cancelled before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the order was cancelled before; expected a pending or confirmed one")]
pub struct OrderAlreadyCancelled;

/// The order was shipped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the order is {status}; expected a pending or confirmed one")]
pub struct OrderCannotBeCancelled {
    /// The order's status.
    pub status: OrderStatus,
}

impl From<OrderAlreadyCancelled> for Refusal {
    fn from(error: OrderAlreadyCancelled) -> Self {
        Self::new(RefusalKind::State, "order_already_cancelled", &error)
    }
}

impl From<OrderCannotBeCancelled> for Refusal {
    fn from(error: OrderCannotBeCancelled) -> Self {
        Self::new(RefusalKind::State, "order_cannot_be_cancelled", &error).with("status", error.status.name())
    }
}

pub(crate) fn check(status: OrderStatus) -> Result<(), OrderError> {
    match status {
        OrderStatus::Pending | OrderStatus::Confirmed => Ok(()),
        OrderStatus::Shipped | OrderStatus::Delivered => Err(OrderCannotBeCancelled { status }.into()),
        OrderStatus::Cancelled => Err(OrderAlreadyCancelled.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_that_has_not_left_can_be_cancelled() {
        assert_eq!(check(OrderStatus::Pending), Ok(()));
        assert_eq!(check(OrderStatus::Confirmed), Ok(()));
    }

    #[test]
    fn an_order_that_has_left_cannot_be_cancelled() {
        for status in [OrderStatus::Shipped, OrderStatus::Delivered] {
            assert_eq!(check(status), Err(OrderCannotBeCancelled { status }.into()));
        }
    }

    #[test]
    fn cancelling_twice_has_an_error_of_its_own() {
        assert_eq!(check(OrderStatus::Cancelled), Err(OrderAlreadyCancelled.into()));
    }
}
