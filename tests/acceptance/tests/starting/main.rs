//! Starting and stopping: an obstacle is reported in one line, and nothing is changed.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests stop at the first thing that is not as they say"
)]

mod folders;
mod installation;
mod roles;
mod servers;
mod settings;
mod stopping;
mod unsafe_settings;
