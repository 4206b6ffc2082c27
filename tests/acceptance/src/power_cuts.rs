//! Losses of power, which a kill does not imitate: what a process wrote and did not sync is gone then, all of it, some, or half of a page.
//!
//! A [recorder](Recording) is loaded into the real binary and writes down each write, sync and change of a name in the data folder, in the order
//! in which they happen, and, from the clients, what they were told. Syncs can be made to fail; what they were to put on disk never gets there then,
//! although the process that starts next reads it. From a recording a [`disk`] works out what may be in the folder if the power goes at some
//! moment. Each such image is served and asked for all that was acknowledged by then.

mod disk;
mod images;
mod inspection;
mod operation;
mod play;
mod recording;

pub use images::{Report, cut_power};
pub use recording::Recording;
