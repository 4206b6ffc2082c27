//! What a context hands the binary, which has one list of these: enough to open, migrate, copy and describe each context without
//! knowing any of them.

use diesel_migrations::EmbeddedMigrations;
use shared_kernel::events::EventDescription;

/// A context, as it appears from outside.
pub struct ContextDescription {
    /// Its name: its file's or its schema's, and the source of its events.
    pub name: &'static str,
    /// The migrations of its own tables, on SQLite.
    pub sqlite: EmbeddedMigrations,
    /// The same on PostgreSQL.
    pub postgres: EmbeddedMigrations,
    /// What it can be asked: each command's path, by [`handled_by`](message_bus::handled_by).
    pub commands: &'static [fn() -> &'static str],
    /// What it tells the others.
    pub events: &'static [EventDescription],
}
