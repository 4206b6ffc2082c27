//! A line that is to change is named by its id, and the order has it.

use shared_kernel::{OrderLineId, Refusal, RefusalKind};

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
