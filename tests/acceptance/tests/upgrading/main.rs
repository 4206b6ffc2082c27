//! Installations of earlier versions are opened with this binary: what was answered then still holds, and operation continues.
//!
//! How they were made, and by which version, is described in `fixtures`.
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
