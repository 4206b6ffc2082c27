//! Killing a server under load, again and again, and comparing all that is left with all that was answered.
//!
//! Each of 64 clients keeps a [`diary`]: the full body of the last 2xx answer for everything it has changed, and the one
//! command that was under way at the kill. After the restart everything has to be as in the diaries, or exactly as
//! that one command makes it, by the [`model`]. Nobody but its client changes an order or a user, so there is no third case.
//! Deliberately not here: power cuts, which a kill does not imitate.

mod client;
mod command;
mod diary;
mod inspection;
mod model;
mod random;
mod report;
mod run;
mod shop;

pub use report::Report;
pub use run::{Plan, run};
