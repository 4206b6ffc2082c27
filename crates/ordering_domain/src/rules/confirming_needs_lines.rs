//! An order without lines cannot be confirmed.

use shared_kernel::{Refusal, RefusalKind};

/// The order has no lines yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the order has no lines; expected at least one")]
pub struct OrderWithoutLines;

impl From<OrderWithoutLines> for Refusal {
    fn from(error: OrderWithoutLines) -> Self {
        Self::new(RefusalKind::State, "order_without_lines", &error)
    }
}

pub(crate) const fn check(lines: usize) -> Result<(), OrderWithoutLines> {
    if lines == 0 {
        return Err(OrderWithoutLines);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_is_enough_and_none_is_not() {
        assert_eq!(check(1), Ok(()));
        assert_eq!(check(0), Err(OrderWithoutLines));
    }
}
