//! Orders: placing and reading them, their lines, the steps of their life, and their timeline.

pub(crate) mod lines;
pub(crate) mod placing;
pub(crate) mod reading;
pub(crate) mod steps;
pub(crate) mod timeline;

use ordering_app::OrderView;
use shared_kernel::OrderId;

use crate::{
    answer::{Answer, Handled},
    codes::{self, Code},
    problem::Problem,
    request::Request,
};

/// The codes that a caller's text may be refused with.
pub(crate) const TEXT_RULES: &[&Code] = &[
    codes::TEXT_MISSING,
    codes::TEXT_TOO_LONG,
    codes::TEXT_NOT_PRINTABLE,
];
/// The codes that an order's sum may be refused with.
const SUM_RULES: &[&Code] = &[
    codes::ORDER_TOTAL_LIMIT,
    codes::CURRENCY_MISMATCH,
    codes::MONEY_OUT_OF_RANGE,
];

/// The order that the path names.
pub(crate) fn order_id(request: &Request) -> Result<OrderId, Problem> {
    request.path_id("order_id", "order")
}

/// 200 with an order.
fn answer(order: &OrderView) -> Handled<OrderView> {
    Answer::one(order, order.version)
}
