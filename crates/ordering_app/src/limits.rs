//! The rules' limits, for the schemas of requests.

use ordering_domain::rules::{order_line_limit, text_fields};

/// The most lines of an order.
pub const LINES: usize = order_line_limit::LIMIT;
/// The longest name of a product on a line, in characters; the next ones likewise.
pub const PRODUCT_NAME: usize = text_fields::PRODUCT_NAME.limit();
/// The longest name of a carrier.
pub const CARRIER: usize = text_fields::CARRIER.limit();
/// The longest tracking number.
pub const TRACKING_NUMBER: usize = text_fields::TRACKING_NUMBER.limit();
/// The longest reason of a cancellation.
pub const CANCELLATION_REASON: usize = text_fields::CANCELLATION_REASON.limit();
/// The longest street and number.
pub const STREET: usize = text_fields::STREET.limit();
/// The longest city.
pub const CITY: usize = text_fields::CITY.limit();
/// The longest state or region.
pub const STATE: usize = text_fields::STATE.limit();
/// The longest postal code.
pub const POSTAL_CODE: usize = text_fields::POSTAL_CODE.limit();
