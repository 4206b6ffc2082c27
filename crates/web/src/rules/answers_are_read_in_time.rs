//! An answer of which nothing was read for 30 seconds ends its connection.
//!
//! A client that asks and never reads would hold what is queued for it for ever.

use std::time::Duration;

/// How long the other end may read nothing while there is something to be read.
pub(crate) const LONGEST_WITHOUT_PROGRESS: Duration = Duration::from_secs(30);
