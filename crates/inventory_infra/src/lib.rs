//! Inventory's store on each engine: its stock items and reservations as rows, and back.
//!
//! Code for every engine is at the top level; `sqlite` and `postgres` are each for the engine they are named after, and implement
//! [`InventoryStore`](inventory_app::InventoryStore). Deliberately not here: rules, and decisions of any kind.

mod changes;
mod drift;
mod lists;
mod reservation_rows;
mod schema;
mod stock_rows;

#[cfg(test)]
mod test_baskets;

pub mod postgres;
pub mod sqlite;

use shared_kernel::events::INVENTORY_EVENTS;
use storage::ContextDescription;

pub use changes::InventoryRows;
pub use postgres::PostgresInventory;
pub use sqlite::SqliteInventory;

/// What the binary has to know of the context.
pub const DESCRIPTION: ContextDescription = ContextDescription {
    name: inventory_app::CONTEXT,
    sqlite: sqlite::MIGRATIONS,
    postgres: postgres::MIGRATIONS,
    commands: inventory_app::COMMANDS,
    events: INVENTORY_EVENTS,
};
