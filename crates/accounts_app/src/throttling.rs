//! How often somebody may guess at passwords and make accounts: token buckets, in this process's memory.
//!
//! What fails costs a whole token, and so does what is still under way, so that guesses sent all at once gain
//! nothing. Whoever is made to wait pays nothing. Every bucket refills steadily, so nobody is locked out for good.
//!
//! Where somebody comes from is the other end of their connection, which is remembered here and told nowhere. No header
//! is believed: behind a proxy all callers share the proxy's buckets, and the proxy has to tell them apart itself.
//!
//! Buckets of our own rather than a crate's (`governor`), because tokens are given back here once an attempt turns
//! out well, and because what is remembered has a bound.
//!
//! Deliberately not here: limits on what is hashed at once (the password hasher has those), and limits shared with
//! other processes.

mod bounded_times;
mod log_ins;
mod network;
mod registrations;
mod token_buckets;

pub(crate) use log_ins::LogInThrottle;
pub(crate) use registrations::RegistrationThrottle;

use message_bus::Unavailable;

/// The refusal of whoever has to wait so long.
fn come_back_in(milliseconds: i64) -> Unavailable {
    let seconds = milliseconds.saturating_add(999) / 1000;
    Unavailable::Throttled {
        retry_after_seconds: u32::try_from(seconds).unwrap_or(u32::MAX),
    }
}

#[cfg(test)]
mod tests;
