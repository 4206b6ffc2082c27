//! Orders: a whole life, what they cost, and finding them again. Rules are tested in `crates/ordering_domain`, their codes in `crates/web`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests stop at the first thing that is not as they say"
)]

mod life;
mod prices;
