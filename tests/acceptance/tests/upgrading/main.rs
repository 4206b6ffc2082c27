//! Installations that binaries of their time left behind are opened with this one: what was answered then still holds, and they go on.
//!
//! How they were made, and by which version, is told beside them, in `fixtures`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests stop at the first thing that is not as they say"
)]

mod emptied;
mod fixture;
mod going_on;
mod opening;
mod orders_as_told;
