//! Only a confirmed order can be sent to another address.

use shared_kernel::{Refusal, RefusalKind};

use crate::OrderStatus;

/// The order is not confirmed, so it has no address yet; or it no longer is, so its address is final.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the order is {status}; expected a confirmed one")]
pub struct AddressNotChangeable {
    /// The order's status.
    pub status: OrderStatus,
}

impl From<AddressNotChangeable> for Refusal {
    fn from(error: AddressNotChangeable) -> Self {
        Self::new(RefusalKind::State, "address_not_changeable", &error).with("status", error.status.name())
    }
}

pub(crate) fn check(status: OrderStatus) -> Result<(), AddressNotChangeable> {
    match status {
        OrderStatus::Confirmed => Ok(()),
        OrderStatus::Pending | OrderStatus::Shipped | OrderStatus::Delivered | OrderStatus::Cancelled => {
            Err(AddressNotChangeable { status })
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
