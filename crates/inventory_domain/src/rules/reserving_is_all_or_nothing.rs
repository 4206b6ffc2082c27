//! Reserving an order is all or nothing: if any product is short, nothing is reserved, and every shortage is listed.

use shared_kernel::events::{ReservedLine, Shortage};

use crate::{StockItem, reserving::Stock};

/// Every product of which there is less than these lines ask for. A product without a stock item has nothing available.
pub(crate) fn check(lines: &[ReservedLine], stock: &Stock) -> Result<(), Vec<Shortage>> {
    let shortage = |line: &ReservedLine| {
        let available = stock
            .get(&line.product_id)
            .map_or(0, |item: &StockItem| item.record().available());
        (available < line.quantity).then_some(Shortage {
            product_id: line.product_id,
            product_name: None,
            requested: line.quantity,
            available,
        })
    };
    let shortages: Vec<Shortage> = lines.iter().filter_map(shortage).collect();
    if shortages.is_empty() {
        Ok(())
    } else {
        Err(shortages)
    }
}

#[cfg(test)]
mod tests {
    use shared_kernel::{ProductId, Version};

    use super::*;
    use crate::StockRecord;

    fn product(number: u8) -> ProductId {
        format!("0197b2c4-6d00-7000-8000-0000000000{number:02}")
            .parse()
            .unwrap()
    }

    fn line(number: u8, quantity: u32) -> ReservedLine {
        ReservedLine {
            product_id: product(number),
            quantity,
        }
    }

    /// Of products 20 and 30 there are five each, of which two are reserved.
    fn stock() -> Stock {
        let item = |number| {
            let record = StockRecord {
                product_id: product(number),
                on_hand: 5,
                reserved: 2,
            };
            (product(number), StockItem::rehydrate(record, Version::FIRST))
        };
        [item(20), item(30)].into()
    }

    #[test]
    fn what_is_available_can_be_reserved_and_not_a_unit_more() {
        assert_eq!(check(&[line(20, 3), line(30, 3)], &stock()), Ok(()));
        let shortages = check(&[line(20, 3), line(30, 4)], &stock()).unwrap_err();
        let short = Shortage {
            product_id: product(30),
            product_name: None,
            requested: 4,
            available: 3,
        };
        assert_eq!(shortages, [short]);
    }

    #[test]
    fn everything_that_is_short_is_named_also_what_there_never_was() {
        let shortages = check(&[line(20, 9), line(30, 1), line(40, 1)], &stock()).unwrap_err();
        let named: Vec<_> = shortages
            .iter()
            .map(|short| (short.product_id, short.requested, short.available))
            .collect();
        assert_eq!(named, [(product(20), 9, 3), (product(40), 1, 0)]);
    }
}
