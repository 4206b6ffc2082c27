//! An order's total never exceeds 10,000.00 in its own currency; 10,000.00 exactly is allowed.

use shared_kernel::{Money, MoneyError, Refusal, RefusalKind};

use crate::OrderError;

/// The most that an order may cost, in minor units of its own currency: 10,000.00.
pub const LIMIT_IN_MINOR_UNITS: i64 = 10_000 * 100;

/// The order would cost too much.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("found a total of {total}, expected at most {limit}")]
pub struct OrderTotalLimit {
    /// What it would cost.
    pub total: Money,
    /// What it may cost.
    pub limit: Money,
}

impl From<OrderTotalLimit> for Refusal {
    fn from(error: OrderTotalLimit) -> Self {
        Self::new(RefusalKind::Value, "order_total_limit", &error)
            .with("total", error.total)
            .with("limit", error.limit)
    }
}

pub(crate) fn check(total: Money) -> Result<(), OrderError> {
    let limit = Money::from_minor_units(LIMIT_IN_MINOR_UNITS, total.currency())?;
    match limit.subtract(total) {
        Ok(_) => Ok(()),
        Err(MoneyError::Negative) => Err(OrderTotalLimit { total, limit }.into()),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use shared_kernel::Currency;

    use super::*;

    #[test]
    fn a_total_of_exactly_10_000_is_accepted_and_a_cent_more_is_not() {
        for currency in Currency::ALL {
            let limit = Money::parse("10000.00", currency).unwrap();
            let total = Money::parse("10000.01", currency).unwrap();
            assert_eq!(check(limit), Ok(()));
            assert_eq!(check(total), Err(OrderTotalLimit { total, limit }.into()));
        }
    }

    #[test]
    fn nothing_is_within_the_limit() {
        assert_eq!(check(Money::zero(Currency::Usd)), Ok(()));
    }
}
