//! On SQLite.

pub(crate) mod invariants;
pub(crate) mod lived_time;
pub(crate) mod operator_actions;
pub(crate) mod operator_views;
pub(crate) mod retention;
pub(crate) mod traces;
