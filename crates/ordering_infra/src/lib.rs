//! Ordering's store on each engine: its orders and customers as rows, and back.
//!
//! Code for every engine is at the top level; `sqlite` and `postgres` are each for the engine they are named after, and
//! implement [`OrderingStore`](ordering_app::OrderingStore). Deliberately not here: rules, and decisions of any kind.

mod changes;
mod customer_row;
mod order_rows;
mod price_row;
mod schema;

#[cfg(test)]
mod test_cancelled_orders;
#[cfg(test)]
mod test_orders;

pub mod postgres;
pub mod sqlite;

use shared_kernel::events::ORDERING_EVENTS;
use storage::ContextDescription;

pub use changes::OrderingRows;
pub use postgres::PostgresOrdering;
pub use sqlite::SqliteOrdering;

/// What the binary has to know of the context.
pub const DESCRIPTION: ContextDescription = ContextDescription {
    name: ordering_app::CONTEXT,
    sqlite: sqlite::MIGRATIONS,
    postgres: postgres::MIGRATIONS,
    commands: ordering_app::COMMANDS,
    events: ORDERING_EVENTS,
};
