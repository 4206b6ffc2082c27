//! The event log of a context: its rows, what the relay reads of them, and which process relays.

pub(crate) mod event_row;
pub(crate) mod log_state;

pub(crate) mod postgres;
pub(crate) mod sqlite;
