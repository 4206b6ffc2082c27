//! How often a caller may guess at passwords and make accounts: token buckets, in this process's memory.
//!
//! A failed attempt costs a whole token, and so does one still under way, so that sending guesses all at once gains
//! nothing. A refused attempt costs nothing. Every bucket refills steadily, so no user is locked out for good.
//!
//! Where somebody comes from is what web says of it: the other end of their connection, or what a proxy that the
//! operator trusts says of it. It is remembered here and told nowhere.
//!
//! Buckets of our own rather than a crate's (`governor`), because tokens are given back here after a success, and
//! because memory is bounded.
//!
//! Deliberately not here: limits on how many passwords are hashed at once (the password hasher has those), and
//! limits shared with other processes.

mod bounded_times;
mod network;
mod passwords;
mod registrations;
mod token_buckets;

pub use network::Network;
pub(crate) use passwords::{PasswordThrottle, Proof};
pub(crate) use registrations::RegistrationThrottle;
pub(crate) use token_buckets::Allowance;
#[cfg(test)]
pub(crate) use token_buckets::boundary;

use std::time::Duration;

use message_bus::Unavailable;

/// The refusal of a caller who has to wait so long.
fn come_back_in(wait: Duration) -> Unavailable {
    Unavailable::Throttled {
        retry_after_seconds: u32::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u32::MAX),
    }
}

#[cfg(test)]
mod tests;
