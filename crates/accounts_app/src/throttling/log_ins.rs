//! Who may try a password now.
//!
//! An attempt takes from three buckets: the network's, the account's, and that of the two together. The first stops an
//! attacker who tries one password on many accounts, the last one who tries many on one account; the account's slows
//! attempts from many networks. With that one alone, strangers could keep an owner out, so it is skipped for a network
//! from which the account was logged in to before. An account need not exist to have buckets: waiting reveals nothing.

use std::{
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
};

use message_bus::{Unavailable, UseCaseError};
use shared_kernel::{EmailAddress, Timestamp};

use super::{
    bounded_times::BoundedTimes,
    come_back_in,
    network::Network,
    token_buckets::{Allowance, TokenBuckets},
};
use crate::TokenGrant;

/// From one network: 100 failures at once, then 5 a second. An office behind one address mistypes less than that.
const FROM_A_NETWORK: Allowance = Allowance {
    at_once: 100,
    milliseconds_each: 200,
};
/// From one network to one account: 20 failures at once, then 6 a minute. An owner whose network the guesses
/// came from can log in 10 seconds after they stop.
const FROM_A_NETWORK_TO_AN_ACCOUNT: Allowance = Allowance {
    at_once: 20,
    milliseconds_each: 10_000,
};
/// To one account, from networks without an earlier log-in: 50 failures at once, then 10 a minute. That is 14,400
/// guesses a day, from however many machines.
const TO_AN_ACCOUNT: Allowance = Allowance {
    at_once: 50,
    milliseconds_each: 6_000,
};
/// What a success gives back of the network's token, in tenths. The tenth that is kept allows 50 log-ins a second, about
/// as many as two cores can hash: for users who give the right password, hashing is the limit, and not this bucket.
const GIVEN_BACK_TO_A_NETWORK: i64 = 9;
/// A whole token, in tenths.
const WHOLE: i64 = 10;
/// How long a network counts as known to an account, in seconds: 30 days.
const KNOWN_FOR_SECONDS: i64 = 30 * 24 * 60 * 60;

/// An account and a network.
type Pair = (Network, String);

pub(crate) struct LogInThrottle(Mutex<Buckets>);

struct Buckets {
    networks: TokenBuckets<Network>,
    pairs: TokenBuckets<Pair>,
    accounts: TokenBuckets<String>,
    known_until: BoundedTimes<Pair>,
}

/// An attempt that was let through: the buckets it took a token from.
pub(crate) struct LogInAttempt {
    network: Option<Network>,
    pair: Option<Pair>,
    account: Option<String>,
    at: Timestamp,
}

impl Default for LogInThrottle {
    fn default() -> Self {
        Self(Mutex::new(Buckets {
            networks: TokenBuckets::new(FROM_A_NETWORK),
            pairs: TokenBuckets::new(FROM_A_NETWORK_TO_AN_ACCOUNT),
            accounts: TokenBuckets::new(TO_AN_ACCOUNT),
            known_until: BoundedTimes::default(),
        }))
    }
}

impl LogInThrottle {
    /// Lets an attempt through, which takes its tokens.
    ///
    /// # Errors
    /// [`Unavailable::Throttled`], which takes none.
    pub(crate) fn admit(
        &self,
        caller_address: Option<IpAddr>,
        username: &str,
        now: Timestamp,
    ) -> Result<LogInAttempt, Unavailable> {
        let network = caller_address.map(Network::from);
        // A text that is no e-mail address names no account.
        let account = username.parse().ok().map(|email: EmailAddress| email.folded());
        let pair = network.zip(account.clone());
        let mut buckets = self.buckets();
        let known = |pair| buckets.known_until.get(pair, now).is_some();
        let account = account.filter(|_| !pair.as_ref().is_some_and(known));

        let waits = [
            network
                .as_ref()
                .map(|network| buckets.networks.wait(network, now)),
            pair.as_ref().map(|pair| buckets.pairs.wait(pair, now)),
            account
                .as_ref()
                .map(|account| buckets.accounts.wait(account, now)),
        ];
        match waits.into_iter().flatten().max() {
            Some(wait) if wait > 0 => return Err(come_back_in(wait)),
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
        Ok(LogInAttempt {
            network,
            pair,
            account,
            at: now,
        })
    }

    /// Gives tokens back once the result of the attempt is known. An attempt whose caller hangs up before that costs
    /// as much as a failure.
    pub(crate) fn record_result(&self, attempt: LogInAttempt, result: &Result<TokenGrant, UseCaseError>) {
        let given_back_to_network = match result {
            Ok(TokenGrant::InvalidGrant) => return,
            Ok(TokenGrant::Granted(_)) => GIVEN_BACK_TO_A_NETWORK,
            // The caller learned nothing about the password.
            Err(_) => WHOLE,
        };
        let mut buckets = self.buckets();
        if let Some(network) = &attempt.network {
            buckets.networks.give_back(network, given_back_to_network);
        }
        if let Some(account) = &attempt.account {
            buckets.accounts.give_back(account, WHOLE);
        }
        if let Some(pair) = attempt.pair {
            buckets.pairs.give_back(&pair, WHOLE);
            if result.is_ok() {
                let known_until = attempt.at.plus_seconds(KNOWN_FOR_SECONDS);
                buckets.known_until.set(pair, known_until, attempt.at);
            }
        }
    }

    /// Nothing panics while the lock is held, so a poisoned one is as good as any.
    fn buckets(&self) -> MutexGuard<'_, Buckets> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
