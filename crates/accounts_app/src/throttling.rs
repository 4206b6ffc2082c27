//! How often somebody may guess at passwords and make accounts: token buckets, in this process's memory.
//!
//! What fails costs a whole token, and so does what is still under way, so that guesses sent all at once gain
//! nothing. Whoever is made to wait pays nothing. Every bucket refills steadily, so nobody is locked out for good.
//!
//! Where somebody comes from is what web says of it: the other end of their connection, or what a proxy that the
//! operator trusts says of it. It is remembered here and told nowhere.
//!
//! Buckets of our own rather than a crate's (`governor`), because tokens are given back here once an attempt turns
//! out well, and because what is remembered has a bound.
//!
//! Deliberately not here: limits on what is hashed at once (the password hasher has those), and limits shared with
//! other processes.

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

/// The refusal of whoever has to wait so long.
fn come_back_in(wait: Duration) -> Unavailable {
    Unavailable::Throttled {
        retry_after_seconds: u32::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u32::MAX),
    }
}

#[cfg(test)]
mod tests;
