//! On PostgreSQL.

pub(crate) mod consumer_positions;
pub(crate) mod delivery_updates;
pub(crate) mod delivery_writer;
