//! Orders: a whole life, each rule at its boundary, and finding them again.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests stop at the first thing that is not as they say"
)]

mod finding;
mod life;
mod prices;
mod rules;
mod steps;
