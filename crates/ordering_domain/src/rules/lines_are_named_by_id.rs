//! A line that is to change is named by its id, and the order has it.

use shared_kernel::{OrderLineId, Refusal, RefusalKind};

use crate::OrderLine;

/// The order has no such line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("found no line {line_id}, expected one of the order's own")]
pub struct UnknownLine {
    /// The line that was named.
    pub line_id: OrderLineId,
}

impl From<UnknownLine> for Refusal {
    fn from(error: UnknownLine) -> Self {
        Self::new(RefusalKind::Value, "unknown_line", &error).with("line_id", error.line_id.to_string())
    }
}

pub(crate) fn find(lines: &mut [OrderLine], line_id: OrderLineId) -> Result<&mut OrderLine, UnknownLine> {
    lines
        .iter_mut()
        .find(|line| line.id == line_id)
        .ok_or(UnknownLine { line_id })
}

#[cfg(test)]
mod tests {
    use shared_kernel::{Currency, LineStock, Money, Quantity};

    use super::*;
    use crate::LineKind;

    fn line(id: &str) -> OrderLine {
        OrderLine {
            id: id.parse().unwrap(),
            product_id: "0197b2c4-6d00-7000-8000-000000000020".parse().unwrap(),
            product_name: "Teapot".to_owned(),
            quantity: Quantity::new(1).unwrap(),
            unit_price: Money::zero(Currency::Usd),
            kind: LineKind::Listed,
            stock: LineStock::Asked,
        }
    }

    #[test]
    fn a_line_is_found_by_its_id_and_not_by_its_product() {
        let (first, second) = (
            line("0197b2c4-6d00-7000-8000-000000000001"),
            line("0197b2c4-6d00-7000-8000-000000000002"),
        );
        let (second_id, product_id) = (second.id, OrderLineId::new(second.product_id.uuid()));
        let mut lines = [first, second.clone()];
        assert_eq!(find(&mut lines, second_id), Ok(&mut second.clone()));
        assert_eq!(
            find(&mut lines, product_id),
            Err(UnknownLine { line_id: product_id })
        );
        assert!(find(&mut [], second_id).is_err());
    }
}
