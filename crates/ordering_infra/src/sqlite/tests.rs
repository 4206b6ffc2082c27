//! What only SQLite promises: statements, plans and old rows. What the store does is in the contract suite (`tests/persistence`).

mod cancelled;
mod lists;
mod prepared;
