//! An order ships only when its stock is reserved, or when it needs none (allocation `none`): none of its lines asks
//! for stock, or it was confirmed before the inventory context existed.

use shared_kernel::{Refusal, RefusalKind};

use crate::Allocation;

/// The order's stock is not reserved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the order's stock is {allocation}; expected it to be reserved")]
pub struct StockNotReserved {
    /// The state of its stock.
    pub allocation: Allocation,
}

impl From<StockNotReserved> for Refusal {
    fn from(error: StockNotReserved) -> Self {
        Self::new(RefusalKind::State, "stock_not_reserved", &error)
            .with("allocation", error.allocation.name())
    }
}

pub(crate) fn check(allocation: Allocation) -> Result<(), StockNotReserved> {
    match allocation {
        Allocation::None | Allocation::Reserved => Ok(()),
        Allocation::Requested | Allocation::Rejected | Allocation::Released => {
            Err(StockNotReserved { allocation })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reserved_stock_ships_and_so_does_an_order_that_nobody_was_asked_for() {
        assert_eq!(check(Allocation::Reserved), Ok(()));
        assert_eq!(check(Allocation::None), Ok(()));
    }

    #[test]
    fn stock_that_is_only_asked_for_or_refused_or_free_again_does_not_ship() {
        for allocation in [Allocation::Requested, Allocation::Rejected, Allocation::Released] {
            assert_eq!(check(allocation), Err(StockNotReserved { allocation }));
        }
    }
}
