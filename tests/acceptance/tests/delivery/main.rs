//! Delivery, as a caller and an operator see it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "tests stop at the first thing that is not as they say, and a run tells what it saw"
)]

mod crowd;
mod outage;
