//! An order has one currency.

use shared_kernel::{Currency, Refusal, RefusalKind};

/// A line's price is in another currency than its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("found a price in {line}, expected {order} as for the whole order")]
pub struct OneCurrency {
    /// The order's currency.
    pub order: Currency,
    /// The line's.
    pub line: Currency,
}

impl From<OneCurrency> for Refusal {
    fn from(error: OneCurrency) -> Self {
        Self::new(RefusalKind::Value, "currency_mismatch", &error)
            .with("order_currency", error.order.code())
            .with("line_currency", error.line.code())
    }
}

pub(crate) fn check(order: Currency, line: Currency) -> Result<(), OneCurrency> {
    if order == line {
        Ok(())
    } else {
        Err(OneCurrency { order, line })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_orders_own_currency_is_accepted() {
        for order in Currency::ALL {
            for line in Currency::ALL {
                assert_eq!(check(order, line).is_ok(), order == line, "{order} {line}");
            }
        }
    }
}
