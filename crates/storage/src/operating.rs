//! What operators ask and do, what must hold, and forgetting what has been over for long.

pub(crate) mod invariants;
pub(crate) mod lived_time;
pub(crate) mod operator_actions;
pub(crate) mod operator_views;
pub(crate) mod soundness;
pub(crate) mod traces;

pub(crate) mod postgres;
pub(crate) mod sqlite;
