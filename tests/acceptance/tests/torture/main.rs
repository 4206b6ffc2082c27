//! What was acknowledged is true, whatever is killed or cut in the next microsecond.
#![allow(clippy::print_stdout, reason = "a run tells what it did")]

mod broken_postgres;
mod deadlocks;
mod killed_servers;
mod overselling;
