//! Connections that queries share.

pub(crate) mod postgres;
pub(crate) mod sqlite;
