//! What every store of ordering does.

pub(crate) mod builders;

mod customers;
mod deliveries;
mod order_events;
mod order_lines;
mod order_lists;
mod order_states;
mod orders;
mod ownership;
mod pending_deliveries;
mod price_list;
mod use_cases;
