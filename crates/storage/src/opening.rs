//! Opening a context's database: its location, its checks, its schema, and its ports once it is open.

pub(crate) mod context;
pub mod context_database;
pub mod data_folder;
pub mod folders;
pub mod migrations;

pub(crate) mod postgres;
pub(crate) mod sqlite;
