//! A server's upkeep while it serves: lived time is counted, and old data are deleted.

use std::time::Duration;

use message_bus::Unavailable;
use storage::context_database::{ClockJump, Forgotten};
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::installation::Installation;

/// How often time is counted. If a process ends suddenly, the time since then is not counted, and data are kept so much longer.
const COUNTED: Duration = Duration::from_secs(60);
/// How long after everything old was deleted the next pass begins.
const LOOKED_AT_AGAIN: Duration = Duration::from_secs(60 * 60);
/// How long after a pass that left something the next one begins. Callers' requests are served in between.
const PAUSE: Duration = Duration::from_secs(1);

/// Counts time and deletes old data.
pub(crate) struct Keeping<'a> {
    installation: &'a Installation,
    /// Whether the log already has a line about the clock's jump.
    jump_is_told: bool,
}

impl<'a> Keeping<'a> {
    /// Reads the clock before anything is stored.
    pub(crate) async fn start(installation: &'a Installation) -> Result<Self, Unavailable> {
        let mut keeping = Self {
            installation,
            jump_is_told: false,
        };
        keeping.live_on().await?;
        Ok(keeping)
    }

    /// Runs until it is dropped.
    pub(crate) async fn go_on(&mut self) {
        let mut minutes = interval(COUNTED);
        minutes.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut next_look = Instant::now();
        loop {
            tokio::select! {
                _ = minutes.tick() => {
                    if let Err(error) = self.live_on().await {
                        tracing::warn!(%error, "the time that is lived through could not be counted; tried again in a minute");
                    }
                }
                () = tokio::time::sleep_until(next_look) => {
                    let pause = match self.installation.forget_what_is_old().await {
                        Ok(Forgotten::APart) => PAUSE,
                        Ok(Forgotten::All) => LOOKED_AT_AGAIN,
                        Err(error) => {
                            tracing::warn!(%error, "what is old could not be forgotten; tried again in an hour");
                            LOOKED_AT_AGAIN
                        }
                    };
                    next_look = Instant::now() + pause;
                }
            }
        }
    }

    /// Adds the time since this was last called.
    pub(crate) async fn live_on(&mut self) -> Result<(), Unavailable> {
        match self.installation.live_on().await? {
            Some(jump) if !self.jump_is_told => {
                self.jump_is_told = true;
                tell(jump);
            }
            None if self.jump_is_told => {
                self.jump_is_told = false;
                tracing::info!("the clock is trusted again");
            }
            Some(_) | None => {}
        }
        Ok(())
    }
}

fn tell(jump: ClockJump) {
    let ClockJump { clock, expected } = jump;
    tracing::warn!(
        %clock, %expected,
        "the clock has jumped, or nothing was served in between; nothing is forgotten on the strength of it. If the clock is wrong, set it right; \
         if it is right, nothing needs to be done"
    );
}
