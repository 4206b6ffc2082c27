//! Power losses, which a kill does not imitate: what a process wrote and did not sync is then lost, all of it, some, or half of a page.
//!
//! A [recorder](Recording) is loaded into the real binary and writes down each write, sync and change of a name in the data folder, in the order
//! in which they happen, and the answers that clients got. Syncs can be made to fail; their pages then never get to the disk, although the next
//! process reads them. From a recording a [`disk`] computes what may be in the folder after a power loss at some moment. Each such image is served
//! and compared with all that was acknowledged by then.

mod disk;
mod images;
mod inspection;
mod operation;
mod play;
mod recording;

pub use images::{Report, cut_power};
pub use recording::Recording;
