//! The engine for a PostgreSQL server: one schema per context, a few committers, a few connections that read.

mod batch_statement;

pub use batch_statement::BatchStatement;
