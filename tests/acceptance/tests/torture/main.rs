//! What was acknowledged is true, whatever is killed or cut in the next moment.
#![allow(clippy::print_stdout, reason = "a run tells what it did")]
#![allow(
    clippy::unwrap_used,
    reason = "everything here is test code, and stops at the first thing that is not as it says"
)]

mod broken_postgres;
mod deadlocks;
mod killed_servers;
mod overselling;
