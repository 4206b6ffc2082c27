//! Use cases on the in-memory store.

pub(crate) mod warehouse;

mod adjusting;
mod correcting;
mod following_orders;
