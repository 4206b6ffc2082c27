//! The product as its users use it: the real binary, on a folder (or a database) and a port of its own, over HTTP.
//!
//! [`TestApp`] is where a test begins; [`torture`] kills servers and databases and compares what is left. It depends on no
//! crate of the workspace, so that it uses only what a caller can use.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "everything here is test code, and stops at the first thing that is not as it says"
)]

pub mod answer;
pub mod asking;
pub mod binary;
pub mod bodies;
pub mod browser;
pub mod collector;
pub mod data_folder;
pub mod database;
pub mod engine;
pub mod failing_disk;
pub mod installation;
pub mod lines;
pub mod mailbox;
pub mod power_cuts;
mod preloaded;
pub mod products;
pub mod selling;
pub mod server;
pub mod steps;
mod tables;
pub mod test_app;
pub mod throwaway_postgres;
pub mod torture;

pub use answer::Answer;
pub use asking::{Asking, Login};
pub use binary::{Binary, Finished};
pub use bodies::{a_custom_line, an_address, an_order};
pub use browser::Browser;
pub use collector::Collector;
pub use engine::Engine;
pub use failing_disk::FailingDisk;
pub use installation::Installation;
pub use mailbox::Mailbox;
pub use server::Server;
pub use test_app::{PASSWORD, TestApp};
