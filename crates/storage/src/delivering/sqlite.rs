//! On SQLite.

pub(crate) mod consumer_positions;
pub(crate) mod delivery_updates;
