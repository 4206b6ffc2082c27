//! One network tries 100 wrong passwords at once, then 5 a second; of one account, 20, then 6 a minute. The networks
//! that an account does not know try 50 of it together, then 10 a minute. Any more wait.
//!
//! That counts for everything that proves a password: logging in, and changing it. A network is known to an account for
//! 30 days after somebody has proved the account's password from there. A device that has a cookie of an earlier log-in
//! has an allowance of its own instead of these, so that no guesses of others keep its owner out, from wherever they
//! come.

use std::time::Duration;

use crate::throttling::Allowance;

/// From one network. An office behind one address mistypes less than that.
pub(crate) const FROM_A_NETWORK: Allowance = Allowance {
    at_once: 100,
    each: Duration::from_millis(200),
};
/// From one network to one account. The owner, if guesses came from their own network, is back 10 seconds after
/// these stop.
pub(crate) const FROM_A_NETWORK_TO_AN_ACCOUNT: Allowance = Allowance {
    at_once: 20,
    each: Duration::from_secs(10),
};
/// To one account, from networks that it does not know: 14,400 guesses a day, from however many machines.
pub(crate) const TO_AN_ACCOUNT: Allowance = Allowance {
    at_once: 50,
    each: Duration::from_secs(6),
};
/// From one device that somebody has logged in to the account from before. It takes nothing of the other allowances.
pub(crate) const FROM_A_KNOWN_DEVICE: Allowance = Allowance {
    at_once: 20,
    each: Duration::from_secs(10),
};
/// What a right password gives back of the network's token, in tenths. The tenth that is kept allows 50 log-ins a
/// second, which is about what two cores can hash.
pub(crate) const GIVEN_BACK_TO_A_NETWORK: u32 = 9;
/// How long an account knows a network.
pub(crate) const KNOWN_FOR: Duration = Duration::from_hours(30 * 24);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::throttling::boundary;

    #[test]
    fn the_first_guess_too_many_waits_until_the_next_token_is_there() {
        for (allowance, at_once, then) in [
            (FROM_A_NETWORK, 100, 200),
            (FROM_A_NETWORK_TO_AN_ACCOUNT, 20, 10_000),
            (TO_AN_ACCOUNT, 50, 6_000),
            (FROM_A_KNOWN_DEVICE, 20, 10_000),
        ] {
            assert_eq!(boundary(allowance), (at_once, Duration::from_millis(then)));
        }
    }

    #[test]
    fn an_account_knows_a_network_for_30_days() {
        assert_eq!(KNOWN_FOR.as_secs(), 2_592_000);
    }
}
