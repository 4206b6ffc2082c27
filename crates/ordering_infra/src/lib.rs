//! Ordering's adapters: how its orders and customers become rows, and how rows become them again.
//!
//! What holds for every engine stands here at the top; `sqlite` speaks to the one engine it is named after, and a
//! `store` is all that the rest knows of it. Deliberately not here: rules, and decisions of any kind.

mod adapter;
mod changes;
mod customer_row;
mod order_rows;
mod store;
mod unit_of_work;

pub mod sqlite;

pub use adapter::OrderingAdapter;
pub use changes::OrderingRows;
