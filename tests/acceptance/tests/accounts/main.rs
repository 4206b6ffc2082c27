//! Accounts: registering, logging in, and what one may do with one's own account and others'.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests stop at the first thing that is not as they say"
)]

mod administration;
mod registering;
mod sessions;
