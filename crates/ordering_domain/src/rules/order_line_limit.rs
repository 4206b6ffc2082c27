//! An order has at most 50 lines.

use shared_kernel::{Refusal, RefusalKind};

/// The most lines that an order may have.
pub const LIMIT: usize = 50;

/// The order would have too many lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("found {lines} lines, expected at most {limit}")]
pub struct OrderLineLimit {
    /// How many there would be.
    pub lines: usize,
    /// How many there may be.
    pub limit: usize,
}

impl From<OrderLineLimit> for Refusal {
    fn from(error: OrderLineLimit) -> Self {
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        Self::new(RefusalKind::Value, "order_line_limit", &error)
            .with("lines", count(error.lines))
            .with("limit", count(error.limit))
    }
}

/// Also checked before prices are looked up, so that there are never more to look up.
///
/// # Errors
/// [`OrderLineLimit`] when an order cannot have so many lines.
pub const fn check(lines: usize) -> Result<(), OrderLineLimit> {
    if lines > LIMIT {
        return Err(OrderLineLimit { lines, limit: LIMIT });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fifty_lines_are_accepted_and_fifty_one_are_not() {
        assert_eq!(check(50), Ok(()));
        assert_eq!(check(51), Err(OrderLineLimit { lines: 51, limit: 50 }));
    }
}
