//! The units of a reservation are reserved in their stock items. If the numbers differ, it is neither released nor
//! fulfilled until an operator has corrected them.

use shared_kernel::{ProductId, Refusal, RefusalKind, events::ReservedLine};

use crate::{StockItem, reserving::Stock};

/// Less of a product is reserved than a reservation holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "found {reserved} units of product {product_id} reserved, expected at least the {held} that are held"
)]
pub struct StockOutOfStep {
    /// The product.
    pub product_id: ProductId,
    /// What the reservation holds.
    pub held: u32,
    /// What is reserved, for all orders.
    pub reserved: u32,
}

impl From<StockOutOfStep> for Refusal {
    fn from(error: StockOutOfStep) -> Self {
        Self::new(RefusalKind::State, "stock_out_of_step", &error)
            .with("product_id", error.product_id.to_string())
            .with("held", error.held)
            .with("reserved", error.reserved)
    }
}

pub(crate) fn check(lines: &[ReservedLine], stock: &Stock) -> Result<(), StockOutOfStep> {
    for line in lines {
        let reserved = stock
            .get(&line.product_id)
            .map_or(0, |item: &StockItem| item.record().reserved);
        if reserved < line.quantity {
            return Err(StockOutOfStep {
                product_id: line.product_id,
                held: line.quantity,
                reserved,
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use shared_kernel::Version;

    use super::*;
    use crate::StockRecord;

    #[test]
    fn as_much_as_is_held_must_be_reserved() {
        let product_id = "0197b2c4-6d00-7000-8000-000000000020".parse().unwrap();
        let record = StockRecord {
            product_id,
            on_hand: 5,
            reserved: 2,
        };
        let stock: Stock = [(product_id, StockItem::rehydrate(record, Version::FIRST))].into();
        let line = |quantity| ReservedLine { product_id, quantity };
        assert_eq!(check(&[line(2)], &stock), Ok(()));
        let out_of_step = StockOutOfStep {
            product_id,
            held: 3,
            reserved: 2,
        };
        assert_eq!(check(&[line(3)], &stock), Err(out_of_step));
        assert!(check(&[line(1)], &Stock::new()).is_err());
    }
}
