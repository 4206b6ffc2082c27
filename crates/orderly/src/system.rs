//! Where time, ids and randomness enter: the real clock and the real generator, used only by the wiring.

use std::{
    sync::LazyLock,
    time::{Duration, Instant},
};

use shared_kernel::{Clock, IdGenerator, Timestamp};
use uuid::Uuid;

/// The machine's clock.
#[derive(Debug)]
pub(crate) struct SystemClock;

/// When the running time of this process was first asked for.
static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is where time enters")]
    fn now(&self) -> Timestamp {
        let now = jiff::Timestamp::now().as_microsecond();
        // The machine's clock gives only times that can be represented; otherwise nothing could be dated.
        Timestamp::from_microseconds(now).unwrap_or_else(|error| stop("the clock gives no time", &error))
    }

    fn running_for(&self) -> Duration {
        BEGAN.elapsed()
    }
}

/// UUIDv7 from the clock, and random bytes from the operating system.
#[derive(Debug)]
pub(crate) struct SystemIds;

impl IdGenerator for SystemIds {
    #[expect(clippy::disallowed_methods, reason = "this is where ids enter")]
    fn next_id(&self) -> Uuid {
        Uuid::now_v7()
    }

    #[expect(clippy::disallowed_methods, reason = "this is where randomness enters")]
    fn random_bytes(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        match getrandom::fill(&mut bytes) {
            Ok(()) => bytes,
            Err(error) => stop("the operating system gives no random bytes", &error),
        }
    }
}

/// Without time or randomness nothing can be done safely.
fn stop(what: &str, error: &dyn std::fmt::Display) -> ! {
    tracing::error!(%error, "{what}; stopping");
    std::process::abort()
}
