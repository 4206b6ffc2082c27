//! Committing what commands decided: write sets that wait share a transaction, and each is answered when it is on disk.

pub mod commit_queue;
pub mod commit_state;
pub mod row_write;

pub(crate) mod postgres;
pub(crate) mod sqlite;
