//! On SQLite.

pub(crate) mod command_log;
pub(crate) mod committer;
