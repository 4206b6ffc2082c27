//! On PostgreSQL.

mod batch;
pub(crate) mod batch_statement;
pub(crate) mod command_log;
pub(crate) mod committer;
mod optimistic_update;
pub(crate) mod transaction;
pub(crate) mod upkeep;
