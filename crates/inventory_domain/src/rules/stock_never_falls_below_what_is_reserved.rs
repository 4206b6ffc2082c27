//! What is on hand never falls below what is reserved of it.

use shared_kernel::{ProductId, Refusal, RefusalKind};

use crate::StockRecord;

/// The change would take away units that are reserved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("found {available} units that are not reserved, expected at least {requested}")]
pub struct InsufficientStock {
    /// The product.
    pub product_id: ProductId,
    /// Units to take away.
    pub requested: u64,
    /// Units that could be taken away.
    pub available: u32,
}

impl From<InsufficientStock> for Refusal {
    fn from(error: InsufficientStock) -> Self {
        Self::new(RefusalKind::Value, "insufficient_stock", &error)
            .with("product_id", error.product_id.to_string())
            .with("requested", i64::try_from(error.requested).unwrap_or(i64::MAX))
            .with("available", error.available)
    }
}

pub(crate) fn check(record: &StockRecord, delta: i64) -> Result<(), InsufficientStock> {
    let available = record.available();
    if delta < 0 && delta.unsigned_abs() > u64::from(available) {
        return Err(InsufficientStock {
            product_id: record.product_id,
            requested: delta.unsigned_abs(),
            available,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn five_of_which_two_are_reserved() -> StockRecord {
        StockRecord {
            product_id: "0197b2c4-6d00-7000-8000-000000000020".parse().unwrap(),
            on_hand: 5,
            reserved: 2,
        }
    }

    #[test]
    fn what_is_not_reserved_can_be_taken_and_not_a_unit_more() {
        let record = five_of_which_two_are_reserved();
        assert_eq!(check(&record, -3), Ok(()));
        let error = check(&record, -4).unwrap_err();
        assert_eq!((error.requested, error.available), (4, 3));
    }

    #[test]
    fn adding_is_no_matter_of_this_rule_and_no_number_overflows_it() {
        let record = five_of_which_two_are_reserved();
        assert_eq!(check(&record, i64::MAX), Ok(()));
        assert_eq!(check(&record, i64::MIN).unwrap_err().requested, 1 << 63);
    }
}
