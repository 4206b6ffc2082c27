//! Stock is reserved for the lines of an order that ask for it. A fee or a service asks for none, and an order of nothing else has no
//! reservation.

use shared_kernel::{
    LineStock,
    events::{OrderedLine, ReservedLine},
};

/// What is to be reserved of these lines.
pub fn wanted(lines: &[OrderedLine]) -> Vec<ReservedLine> {
    let asking = lines.iter().filter(|line| line.stock == LineStock::Asked);
    let wanted = asking.map(|line| ReservedLine {
        product_id: line.product_id,
        quantity: line.quantity.get(),
    });
    wanted.collect()
}

#[cfg(test)]
mod tests {
    use shared_kernel::{Currency, Money, Quantity};

    use super::*;

    fn line(product: u8, stock: LineStock) -> OrderedLine {
        OrderedLine {
            product_id: format!("0197b2c4-6d00-7000-8000-0000000000{product:02}")
                .parse()
                .unwrap(),
            product_name: "Teapot".to_owned(),
            quantity: Quantity::new(2).unwrap(),
            unit_price: Money::zero(Currency::Usd),
            stock,
        }
    }

    #[test]
    fn a_line_that_asks_for_none_is_left_out() {
        let (pot, fee) = (line(20, LineStock::Asked), line(21, LineStock::NotAsked));
        let two_pots = ReservedLine {
            product_id: pot.product_id,
            quantity: 2,
        };
        assert_eq!(wanted(&[fee.clone(), pot]), [two_pots]);
        assert_eq!(wanted(&[fee]), []);
    }
}
