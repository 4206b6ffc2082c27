//! What operators ask and do, what must hold, and forgetting what has been over for long.

pub(crate) mod invariant_rows;
pub(crate) mod lived_time;

pub(crate) mod postgres;
pub(crate) mod sqlite;
