//! Inventory's adapters: how its stock items and reservations become rows, and how rows become them again.
//!
//! What holds for every engine stands here at the top; `sqlite` and `postgres` each speak to the engine they are named
//! after, and a `store` is all that the rest knows of them. Deliberately not here: rules, and decisions of any kind.

mod adapter;
mod changes;
mod drift;
mod reservation_rows;
mod stock_rows;
mod store;
mod unit_of_work;

#[cfg(test)]
mod test_baskets;

pub mod postgres;
pub mod sqlite;

pub use adapter::InventoryAdapter;
pub use changes::InventoryRows;
