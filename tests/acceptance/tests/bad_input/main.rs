//! Bad input of every kind: each has its status and its code, and no effect.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests stop at the first thing that is not as they say"
)]

mod bodies;
mod callers;
mod shop;
mod values;
mod versions;
