//! Who may try a password now, to log in or to change it.
//!
//! Three buckets stand in the way: the network's, the account's, and that of the two together. The first stops those
//! who try one password on many accounts, the last those who try many on one; the account's slows those who come
//! from many networks. That one alone would let strangers keep an owner out, so a network from which the account's
//! password was proved before passes it by, and a device that is known to the account has a bucket of its own instead of
//! all three. An account need not exist to have buckets: being made to wait tells nothing.

use std::{
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use message_bus::Unavailable;
use shared_kernel::EmailAddress;

use super::{bounded_times::BoundedTimes, come_back_in, network::Network, token_buckets::TokenBuckets};
use crate::{
    DeviceId,
    rules::wrong_passwords_are_limited::{
        FROM_A_KNOWN_DEVICE, FROM_A_NETWORK, FROM_A_NETWORK_TO_AN_ACCOUNT, GIVEN_BACK_TO_A_NETWORK,
        KNOWN_FOR, TO_AN_ACCOUNT,
    },
};

/// A whole token, in tenths.
const WHOLE: u32 = 10;
/// An account and a network.
type Pair = (Network, String);

pub(crate) struct PasswordThrottle(Mutex<Buckets>);

struct Buckets {
    networks: TokenBuckets<Network>,
    pairs: TokenBuckets<Pair>,
    accounts: TokenBuckets<String>,
    devices: TokenBuckets<DeviceId>,
    known_until: BoundedTimes<Pair>,
}

/// What an attempt has shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// The password is right.
    Right,
    /// The password is wrong.
    Wrong,
    /// Nothing was learned about the password, except by its owner.
    Nothing,
}

/// An attempt that was let through: the buckets it took a token from.
pub(crate) struct PasswordAttempt {
    network: Option<Network>,
    pair: Option<Pair>,
    account: Option<String>,
    device: Option<DeviceId>,
    at: Duration,
}

impl Default for PasswordThrottle {
    fn default() -> Self {
        Self(Mutex::new(Buckets {
            networks: TokenBuckets::new(FROM_A_NETWORK),
            pairs: TokenBuckets::new(FROM_A_NETWORK_TO_AN_ACCOUNT),
            accounts: TokenBuckets::new(TO_AN_ACCOUNT),
            devices: TokenBuckets::new(FROM_A_KNOWN_DEVICE),
            known_until: BoundedTimes::default(),
        }))
    }
}

impl PasswordThrottle {
    /// Lets an attempt through, which takes its tokens.
    ///
    /// # Errors
    /// [`Unavailable::Throttled`], which takes none.
    pub(crate) fn admit(
        &self,
        caller_address: Option<IpAddr>,
        device: Option<DeviceId>,
        username: &str,
        now: Duration,
    ) -> Result<PasswordAttempt, Unavailable> {
        let from_elsewhere = device.is_none();
        let network = caller_address.map(Network::from).filter(|_| from_elsewhere);
        // A text that is no e-mail address names no account.
        let account = username.parse().ok().map(|email: EmailAddress| email.folded());
        let pair = network.zip(account.clone());
        let mut buckets = self.buckets();
        let known = |pair| buckets.known_until.get(pair, now).is_some();
        let account = account.filter(|_| from_elsewhere && !pair.as_ref().is_some_and(known));

        let waits = [
            network
                .as_ref()
                .map(|network| buckets.networks.wait(network, now)),
            pair.as_ref().map(|pair| buckets.pairs.wait(pair, now)),
            account
                .as_ref()
                .map(|account| buckets.accounts.wait(account, now)),
            device.as_ref().map(|device| buckets.devices.wait(device, now)),
        ];
        match waits.into_iter().flatten().max() {
            Some(wait) if !wait.is_zero() => return Err(come_back_in(wait)),
            Some(_) | None => {}
        }
        if let Some(network) = network {
            buckets.networks.take(network, now);
        }
        if let Some(pair) = &pair {
            buckets.pairs.take(pair.clone(), now);
        }
        if let Some(account) = &account {
            buckets.accounts.take(account.clone(), now);
        }
        if let Some(device) = device {
            buckets.devices.take(device, now);
        }
        Ok(PasswordAttempt {
            network,
            pair,
            account,
            device,
            at: now,
        })
    }

    /// Gives tokens back, now that it is known what the attempt came to. An attempt whose caller hangs up before that
    /// has cost what a wrong password costs.
    pub(crate) fn record_result(&self, attempt: PasswordAttempt, proof: Proof) {
        let given_back_to_network = match proof {
            Proof::Wrong => return,
            Proof::Right => GIVEN_BACK_TO_A_NETWORK,
            Proof::Nothing => WHOLE,
        };
        let mut buckets = self.buckets();
        if let Some(network) = &attempt.network {
            buckets.networks.give_back(network, given_back_to_network);
        }
        if let Some(account) = &attempt.account {
            buckets.accounts.give_back(account, WHOLE);
        }
        if let Some(device) = &attempt.device {
            buckets.devices.give_back(device, WHOLE);
        }
        if let Some(pair) = attempt.pair {
            buckets.pairs.give_back(&pair, WHOLE);
            if proof == Proof::Right {
                let known_until = attempt.at + KNOWN_FOR;
                buckets.known_until.set(pair, known_until, attempt.at);
            }
        }
    }

    /// Nothing panics while the lock is held, so a poisoned one is as good as any.
    fn buckets(&self) -> MutexGuard<'_, Buckets> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
