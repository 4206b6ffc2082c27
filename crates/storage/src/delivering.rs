//! Positions of consumers, and deliveries that did not succeed at once.

pub(crate) mod consumer_positions;
pub(crate) mod consumer_row;
pub(crate) mod delivery_refusal;
pub(crate) mod pending_deliveries;
pub(crate) mod pending_delivery_row;

pub(crate) mod postgres;
pub(crate) mod sqlite;
