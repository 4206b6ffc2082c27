//! Committing write sets: those that wait at the same time share a transaction, and each is answered once it is on disk.

pub mod commit_queue;
pub mod commit_state;
pub mod row_write;

pub(crate) mod postgres;
pub(crate) mod sqlite;
