//! Inventory in memory: for tests, and for the contract suite, which compares it with the real stores.
//!
//! The store behaves as the real ones do: it keeps copies, commits changes at once or not at all, checks versions and unique
//! orders, and keeps a ledger, an event log, positions and a command log.

mod inventory_store;
mod stock_lists;

pub use inventory_store::InMemoryInventory;
