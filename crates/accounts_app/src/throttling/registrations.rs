//! Who may register now.
//!
//! A registration that succeeds costs as much as one that finds the address taken: the first creates an account, the
//! second reveals that one exists.

use std::{
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
};

use message_bus::{Unavailable, UseCaseError};
use shared_kernel::{EmailAddress, RefusalKind, Timestamp};

use super::{
    come_back_in,
    network::Network,
    token_buckets::{Allowance, TokenBuckets},
};
use crate::UserView;

/// From one network: 200 at once, then 5 a second. A class can sign up together; a million accounts take more than
/// two days.
const FROM_A_NETWORK: Allowance = Allowance {
    at_once: 200,
    milliseconds_each: 200,
};
/// For one address, from any network: 10 at once, then 6 a minute. No user is kept out by it: the first success takes
/// the address, and a caller who has to wait would have found it taken.
const OF_AN_ADDRESS: Allowance = Allowance {
    at_once: 10,
    milliseconds_each: 10_000,
};
/// A whole token, in tenths.
const WHOLE: i64 = 10;

pub(crate) struct RegistrationThrottle(Mutex<Buckets>);

struct Buckets {
    networks: TokenBuckets<Network>,
    addresses: TokenBuckets<String>,
}

/// A registration that was let through: the buckets it took a token from.
pub(crate) struct RegistrationAttempt {
    network: Option<Network>,
    address: String,
}

impl Default for RegistrationThrottle {
    fn default() -> Self {
        Self(Mutex::new(Buckets {
            networks: TokenBuckets::new(FROM_A_NETWORK),
            addresses: TokenBuckets::new(OF_AN_ADDRESS),
        }))
    }
}

impl RegistrationThrottle {
    /// Lets a registration through, which takes its tokens.
    ///
    /// # Errors
    /// [`Unavailable::Throttled`], which takes none.
    pub(crate) fn admit(
        &self,
        caller_address: Option<IpAddr>,
        email: &EmailAddress,
        now: Timestamp,
    ) -> Result<RegistrationAttempt, Unavailable> {
        let network = caller_address.map(Network::from);
        let address = email.folded();
        let mut buckets = self.buckets();
        let wait = network.map_or(0, |network| buckets.networks.wait(&network, now));
        let wait = wait.max(buckets.addresses.wait(&address, now));
        if wait > 0 {
            return Err(come_back_in(wait));
        }
        if let Some(network) = network {
            buckets.networks.take(network, now);
        }
        buckets.addresses.take(address.clone(), now);
        Ok(RegistrationAttempt { network, address })
    }

    /// Gives the tokens back when the registration created no account and revealed nothing.
    pub(crate) fn record_result(
        &self,
        attempt: &RegistrationAttempt,
        result: &Result<UserView, UseCaseError>,
    ) {
        let costs = match result {
            Ok(_) => true,
            // A refused value reveals nothing about other users; a taken address does.
            Err(UseCaseError::Refused(refusal)) => refusal.kind == RefusalKind::State,
            Err(UseCaseError::NotFound(_) | UseCaseError::Conflict(_) | UseCaseError::Unavailable(_)) => {
                false
            }
        };
        if costs {
            return;
        }
        let mut buckets = self.buckets();
        if let Some(network) = &attempt.network {
            buckets.networks.give_back(network, WHOLE);
        }
        buckets.addresses.give_back(&attempt.address, WHOLE);
    }

    /// Nothing panics while the lock is held, so a poisoned one is as good as any.
    fn buckets(&self) -> MutexGuard<'_, Buckets> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
