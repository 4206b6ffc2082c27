//! How often a caller may guess at passwords and make accounts: token buckets, in this process's memory.
//!
//! A failed attempt costs a whole token, and so does one still under way, so that sending guesses all at once gains
//! nothing. A refused attempt costs nothing. Every bucket refills steadily, so no user is locked out for good.
//!
//! A caller's address is the other end of the connection; it is kept here only, and in no log. No header is trusted:
//! behind a proxy all callers share the proxy's buckets, and the proxy has to throttle each of them itself.
//!
//! Buckets of our own rather than a crate's (`governor`), because tokens are given back here after a success, and
//! because memory is bounded.
//!
//! Deliberately not here: limits on how many passwords are hashed at once (the password hasher has those), and
//! limits shared with other processes.

mod bounded_times;
mod log_ins;
mod network;
mod registrations;
mod token_buckets;

pub(crate) use log_ins::LogInThrottle;
pub(crate) use registrations::RegistrationThrottle;

use message_bus::Unavailable;

/// The refusal of a caller who has to wait so long.
fn come_back_in(milliseconds: i64) -> Unavailable {
    let seconds = milliseconds.saturating_add(999) / 1000;
    Unavailable::Throttled {
        retry_after_seconds: u32::try_from(seconds).unwrap_or(u32::MAX),
    }
}

#[cfg(test)]
mod tests;
