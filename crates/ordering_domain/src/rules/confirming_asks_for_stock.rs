//! Confirming an order asks for the stock of its lines, apart from those that say not to. When all of them do, nothing is asked for: its
//! allocation stays `none`, and it ships as it is.

use shared_kernel::LineStock;

use crate::{Allocation, OrderLine};

/// The state of an order's stock once these lines are confirmed.
pub(crate) fn allocation(lines: &[OrderLine]) -> Allocation {
    if lines.iter().any(|line| line.stock == LineStock::Asked) {
        Allocation::Requested
    } else {
        Allocation::None
    }
}

#[cfg(test)]
mod tests {
    use shared_kernel::{Currency, Money, Quantity};

    use super::*;
    use crate::LineKind;

    fn line(stock: LineStock) -> OrderLine {
        OrderLine {
            id: "0197b2c4-6d00-7000-8000-000000000001".parse().unwrap(),
            product_id: "0197b2c4-6d00-7000-8000-000000000020".parse().unwrap(),
            product_name: "Shipping".to_owned(),
            quantity: Quantity::new(1).unwrap(),
            unit_price: Money::zero(Currency::Usd),
            kind: LineKind::Custom,
            stock,
        }
    }

    #[test]
    fn one_line_that_asks_for_stock_is_enough() {
        let (asked, not_asked) = (line(LineStock::Asked), line(LineStock::NotAsked));
        for (lines, expected) in [
            (vec![asked.clone()], Allocation::Requested),
            (vec![not_asked.clone(), asked], Allocation::Requested),
            (vec![not_asked.clone(), not_asked], Allocation::None),
        ] {
            assert_eq!(allocation(&lines), expected);
        }
    }
}
