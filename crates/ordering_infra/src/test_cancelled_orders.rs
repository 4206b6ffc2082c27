//! Cancelled orders as stored by versions without codes, and what they are read as. For the tests of both engines.

use ordering_app::store::StoredOrder;
use ordering_domain::{Allocation, CancellationCode};
use shared_kernel::LineStock;

use crate::order_rows::WholeOrder;

/// One such order.
pub(crate) struct Cancelled {
    allocation: &'static str,
    reason: &'static str,
    shortages: &'static str,
    read_as: (CancellationCode, Option<&'static str>, Allocation),
}

const fn cancelled(
    allocation: &'static str,
    reason: &'static str,
    read_as: (CancellationCode, Option<&'static str>, Allocation),
) -> Cancelled {
    Cancelled {
        allocation,
        reason,
        shortages: "[]",
        read_as,
    }
}

/// One in every state that there was.
pub(crate) const CANCELLED: [Cancelled; 5] = {
    use Allocation::{None as Never, Rejected, Released};
    use CancellationCode::{OnRequest, OutOfStock};
    [
        cancelled("none", "on_request", (OnRequest, None, Never)),
        cancelled("none", "too slow", (OnRequest, Some("too slow"), Never)),
        cancelled(
            "reserved",
            "out_of_stock",
            (OnRequest, Some("out_of_stock"), Released),
        ),
        cancelled("requested", "on_request", (OnRequest, None, Never)),
        Cancelled {
            shortages: r#"[{"product_id": "0197b2c4-6d00-7000-8000-000000000020", "requested": 2, "available": 1}]"#,
            ..cancelled("rejected", "out_of_stock", (OutOfStock, None, Rejected))
        },
    ]
};

impl Cancelled {
    /// The statements that such a version wrote it and its line with, under this id and at this time, in each engine's form.
    pub(crate) fn insert(&self, number: usize, id: &str, time: &str) -> String {
        format!(
            "INSERT INTO orders (id, reference, customer_id, status, allocation, currency, cancellation_reason, \
             cancellation_shortages, placed_at, updated_at, version) \
             VALUES ({id}, '7K3M-9QX{number}', {id}, 'cancelled', '{}', 'EUR', '{}', '{}', {time}, {time}, 4); \
             INSERT INTO order_lines (order_id, position, line_id, product_id, product_name, quantity, unit_price) \
             VALUES ({id}, 0, {id}, {id}, 'Kettle', 1, 1999);",
            self.allocation, self.reason, self.shortages
        )
    }

    /// Compares it with what was read.
    pub(crate) fn is(&self, whole: WholeOrder) {
        let StoredOrder { record, .. } = whole.try_into().unwrap();
        let cancellation = record.cancellation.unwrap();
        let found = (
            cancellation.code,
            cancellation.reason.as_deref(),
            record.allocation,
        );
        assert_eq!(found, self.read_as);
        assert_eq!(cancellation.shortages.is_empty(), self.shortages == "[]");
        let stock = record.lines.iter().map(|line| line.stock);
        assert!(stock.eq([LineStock::Asked]), "every line asked for stock then");
    }
}
