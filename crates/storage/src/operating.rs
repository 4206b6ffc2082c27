//! What operators see and do, what must hold, and retention.

pub(crate) mod invariants;
pub(crate) mod lived_time;
pub(crate) mod operator_actions;
pub(crate) mod operator_views;
pub(crate) mod soundness;
pub(crate) mod traces;

pub(crate) mod postgres;
pub(crate) mod sqlite;
