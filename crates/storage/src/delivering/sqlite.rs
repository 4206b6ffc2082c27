//! On SQLite.

pub(crate) mod consumer_positions;
pub(crate) mod pending_deliveries;
