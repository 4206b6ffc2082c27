//! The adapters on a real file.

mod lists;
mod orders;
mod prepared;
mod shop;
