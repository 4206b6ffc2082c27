//! Ordering's adapters: how its orders and customers become rows, and how rows become them again.
//!
//! What holds for every engine stands in `rows` and `changes`; `sqlite` speaks to the one engine it is named
//! after. Deliberately not here: rules, and decisions of any kind.

mod changes;
mod customer_row;
mod order_rows;
mod row_id;

mod sqlite;

use diesel_migrations::{EmbeddedMigrations, embed_migrations};

pub use changes::OrderingRows;
pub use sqlite::SqliteOrdering;

/// The tables of ordering, on SQLite.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/ordering/sqlite");
