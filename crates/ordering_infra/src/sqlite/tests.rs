//! The store on a real file.

mod cancelled;
mod lists;
mod orders;
mod prepared;
mod shop;
