//! The rules' limits, for the schemas of requests.

use inventory_domain::rules::{on_hand_limit, reasons_are_short_texts};

/// The most units of a product on hand.
pub const ON_HAND: u32 = on_hand_limit::LIMIT;
/// The longest reason of an adjustment, in characters.
pub const REASON: usize = reasons_are_short_texts::LIMIT;
