//! Ordering's adapters: how its orders and customers become rows, and how rows become them again.
//!
//! What holds for every engine stands here at the top; `sqlite` and `postgres` each speak to the engine they are named
//! after, and a `store` is all that the rest knows of them. Deliberately not here: rules, and decisions of any kind.

mod adapter;
mod changes;
mod customer_row;
mod order_rows;
mod price_row;
mod store;
mod unit_of_work;

#[cfg(test)]
mod test_cancelled_orders;
#[cfg(test)]
mod test_orders;

pub mod postgres;
pub mod sqlite;

pub use adapter::OrderingAdapter;
pub use changes::OrderingRows;
