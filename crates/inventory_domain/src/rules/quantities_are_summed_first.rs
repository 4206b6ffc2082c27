//! Quantities of the same product are summed before they are compared with the available units: two lines that each fit
//! may not fit together.

use std::collections::BTreeMap;

use shared_kernel::{ProductId, events::ReservedLine};

/// A line for each product, sorted by product. Fifty lines of a million units each are far from the largest count.
pub(crate) fn sum(lines: &[ReservedLine]) -> Vec<ReservedLine> {
    let mut sums: BTreeMap<ProductId, u32> = BTreeMap::new();
    for line in lines {
        let sum = sums.entry(line.product_id).or_default();
        *sum = sum.saturating_add(line.quantity);
    }
    let line = |(product_id, quantity)| ReservedLine { product_id, quantity };
    sums.into_iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(product: u8, quantity: u32) -> ReservedLine {
        ReservedLine {
            product_id: format!("0197b2c4-6d00-7000-8000-0000000000{product:02}")
                .parse()
                .unwrap(),
            quantity,
        }
    }

    #[test]
    fn lines_of_a_product_become_one_and_the_order_is_that_of_the_products() {
        let lines = [line(30, 1), line(20, 2), line(30, 3)];
        assert_eq!(sum(&lines), [line(20, 2), line(30, 4)]);
        assert_eq!(sum(&[]), []);
    }

    #[test]
    fn a_sum_may_be_more_than_one_line_can_carry() {
        let lines = [line(20, 1_000_000), line(20, 1_000_000)];
        assert_eq!(sum(&lines), [line(20, 2_000_000)]);
    }
}
