//! Who may try a password now.
//!
//! Three buckets stand in the way: the network's, the account's, and that of the two together. The first stops those
//! who try one password on many accounts, the last those who try many on one; the account's slows those who come
//! from many networks. That one alone would let strangers keep an owner out, so a network from which the account was
//! logged in to before passes it by. An account need not exist to have buckets: being made to wait tells nothing.

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
/// From one network to one account: 20 failures at once, then 6 a minute. Whoever was guessed at from their own
/// network is back 10 seconds after it stops.
const FROM_A_NETWORK_TO_AN_ACCOUNT: Allowance = Allowance {
    at_once: 20,
    milliseconds_each: 10_000,
};
/// To one account, from networks it does not know: 50 failures at once, then 10 a minute. That is 14,400 guesses a day,
/// however many machines are at work.
const TO_AN_ACCOUNT: Allowance = Allowance {
    at_once: 50,
    milliseconds_each: 6_000,
};
/// What a success gives back of the network's token, in tenths. The tenth it keeps allows 50 a second, which is about
/// what two cores can hash: those who know their passwords are held up by that, and not by this.
const GIVEN_BACK_TO_A_NETWORK: i64 = 9;
/// A whole token, in tenths.
const WHOLE: i64 = 10;
/// How long an account knows a network, in seconds: 30 days.
const KNOWN_FOR_SECONDS: i64 = 30 * 24 * 60 * 60;

/// An account from somewhere.
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
        // What is no address is no account's name.
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

    /// Gives tokens back, now that it is known what the attempt came to. An attempt whose caller hangs up before that
    /// has cost what a failure costs.
    pub(crate) fn record_result(&self, attempt: LogInAttempt, result: &Result<TokenGrant, UseCaseError>) {
        let given_back_to_network = match result {
            Ok(TokenGrant::InvalidGrant) => return,
            Ok(TokenGrant::Granted(_)) => GIVEN_BACK_TO_A_NETWORK,
            // Nothing was learned about the password, except by its owner.
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
