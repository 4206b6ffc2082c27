//! On PostgreSQL.

pub(crate) mod context;
pub(crate) mod copy_transaction;
pub(crate) mod migrations;
pub(crate) mod open_error;
pub(crate) mod server;
mod server_checks;
