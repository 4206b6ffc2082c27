//! Every rule of inventory, one file each, named after what always holds.
//!
//! A file holds the rule's constants, its check, its error with the facts, the error's kind and code,
//! and tests at the boundary.

pub mod stock_never_falls_below_what_is_reserved;

pub mod adjustments_change_something;
pub mod counts_compare_first;
pub mod on_hand_limit;
pub mod reasons_are_short_texts;

pub mod only_lines_that_ask_for_stock_are_reserved;
pub mod quantities_are_summed_first;
pub mod reserving_is_all_or_nothing;

pub mod only_held_reservations_change;
pub mod what_is_held_is_reserved;
