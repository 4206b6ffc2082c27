//! Only a confirmed order can be shipped.

use shared_kernel::{Refusal, RefusalKind};

use crate::OrderStatus;

/// The order is not confirmed, or no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the order is {status}; expected a confirmed one")]
pub struct OrderNotConfirmed {
    /// The order's status.
    pub status: OrderStatus,
}

impl From<OrderNotConfirmed> for Refusal {
    fn from(error: OrderNotConfirmed) -> Self {
        Self::new(RefusalKind::State, "order_not_confirmed", &error).with("status", error.status.name())
    }
}

pub(crate) fn check(status: OrderStatus) -> Result<(), OrderNotConfirmed> {
    match status {
        OrderStatus::Confirmed => Ok(()),
        OrderStatus::Pending | OrderStatus::Shipped | OrderStatus::Delivered | OrderStatus::Cancelled => {
            Err(OrderNotConfirmed { status })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_but_confirmed_is_refused() {
        for status in OrderStatus::ALL {
            assert_eq!(
                check(status).is_ok(),
                status == OrderStatus::Confirmed,
                "{status}"
            );
        }
    }
}
