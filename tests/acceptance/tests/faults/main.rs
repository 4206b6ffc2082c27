//! What the machine does to a server that serves: a full disk, a broken one.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests stop at the first thing that is not as they say"
)]

mod full_disk;
