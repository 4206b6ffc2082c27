//! From one network 200 e-mail addresses are registered at once, then 5 a second; one e-mail address 10 times at once,
//! then 6 times a minute. Any more wait. A user who takes another e-mail address registers it.
//!
//! A registration that finds its address taken counts like one that succeeds, since it tells that there is an account.

use std::time::Duration;

use crate::throttling::Allowance;

/// From one network. A class that signs up together gets in; a million accounts take more than two days.
pub(crate) const FROM_A_NETWORK: Allowance = Allowance {
    at_once: 200,
    each: Duration::from_millis(200),
};
/// Of one address, from wherever. Nobody is kept out by it: the first that succeeds takes the address, and those who
/// wait would have found it taken.
pub(crate) const OF_AN_ADDRESS: Allowance = Allowance {
    at_once: 10,
    each: Duration::from_secs(10),
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::throttling::boundary;

    #[test]
    fn the_first_registration_too_many_waits_until_the_next_token_is_there() {
        assert_eq!(boundary(FROM_A_NETWORK), (200, Duration::from_millis(200)));
        assert_eq!(boundary(OF_AN_ADDRESS), (10, Duration::from_secs(10)));
    }
}
