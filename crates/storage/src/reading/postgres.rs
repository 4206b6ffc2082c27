//! On PostgreSQL.

pub(crate) mod look_ups;
pub(crate) mod readers;
