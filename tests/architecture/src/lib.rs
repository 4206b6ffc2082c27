//! The architecture as a test: which crate may depend on which, what each layer may use from outside the
//! workspace, which context owns which table, and the hygiene of the tree.
//!
//! Every checker is a function from plain data to [`Violation`]s, so that its own tests can feed it
//! planted ones, and every checker reports a violation when it found nothing to look at. The checks of
//! this very workspace are in `tests/this_workspace.rs`.
//!
//! Deliberately not here: what clippy and rustc check already (unwrap, unsafe, missing docs, the seams).

pub mod allowed_edges;
pub mod api_document;
pub mod business_rules;
pub mod crate_graph;
pub mod hygiene;
pub mod lock_order;
pub mod outside_crates;
pub mod public_types;
mod refused_codes;
pub mod rust_text;
pub mod source_tree;
pub mod sql_text;
pub mod table_ownership;
pub mod violation;

pub use crate_graph::CrateGraph;
pub use source_tree::{SourceFile, SourceTree};
pub use violation::Violation;
