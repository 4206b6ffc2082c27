//! Hygiene of the tree: what may be where, and what may not be anywhere.

pub mod document_lines;
pub mod document_links;
pub mod manifests;
pub mod replaced_words;
pub mod rust_files;
pub mod top_level;
