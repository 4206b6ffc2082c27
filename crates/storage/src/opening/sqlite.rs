//! On SQLite.

pub(crate) mod connection;
pub(crate) mod context;
pub(crate) mod exclusive;
pub(crate) mod installation_id;
pub(crate) mod migrations;
pub(crate) mod open_error;
pub(crate) mod placed_file;
mod true_start;
mod watch;
