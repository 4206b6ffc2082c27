//! A token bucket per key. A bucket is kept as the time when it will be full again, so a full one is kept not at all.

use std::{hash::Hash, time::Duration};

use super::bounded_times::BoundedTimes;

/// The shares in which a token is given back.
const TENTHS: u32 = 10;

/// How much a bucket holds and how fast it refills.
#[derive(Clone, Copy)]
pub(crate) struct Allowance {
    /// Tokens in a full bucket.
    pub(crate) at_once: u32,
    /// The time until the next token.
    pub(crate) each: Duration,
}

pub(super) struct TokenBuckets<K> {
    allowance: Allowance,
    full_again_at: BoundedTimes<K>,
}

impl<K: Eq + Hash> TokenBuckets<K> {
    pub(super) fn new(allowance: Allowance) -> Self {
        Self {
            allowance,
            full_again_at: BoundedTimes::default(),
        }
    }

    /// How long it takes until there is a token; no time when there is one.
    pub(super) fn wait(&self, key: &K, now: Duration) -> Duration {
        let after_taking = self.time_to_full(key, now) + self.allowance.each;
        after_taking.saturating_sub(self.allowance.each * self.allowance.at_once)
    }

    /// Takes a token, whether or not there is one.
    pub(super) fn take(&mut self, key: K, now: Duration) {
        let after_taking = self.time_to_full(&key, now) + self.allowance.each;
        self.full_again_at.set(key, now + after_taking, now);
    }

    /// Puts so many tenths of a token back.
    pub(super) fn give_back(&mut self, key: &K, tenths: u32) {
        self.full_again_at
            .move_forward(key, self.allowance.each * tenths / TENTHS);
    }

    fn time_to_full(&self, key: &K, now: Duration) -> Duration {
        let full_again_at = self.full_again_at.get(key, now);
        full_again_at.map_or(Duration::ZERO, |time| time.saturating_sub(now))
    }
}

/// How many tokens are taken at once until one has to wait, and how long it waits.
#[cfg(test)]
pub(crate) fn boundary(allowance: Allowance) -> (u32, Duration) {
    let now = Duration::from_hours(1);
    let mut buckets = TokenBuckets::new(allowance);
    let mut taken = 0;
    while buckets.wait(&(), now).is_zero() {
        buckets.take((), now);
        taken += 1;
    }
    let wait = buckets.wait(&(), now);
    assert!(!buckets.wait(&(), now + wait - Duration::from_millis(1)).is_zero());
    assert!(buckets.wait(&(), now + wait).is_zero());
    (taken, wait)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_hours(1);
    const SECOND: Duration = Duration::from_secs(1);

    fn three_at_once_then_one_each_second() -> TokenBuckets<&'static str> {
        TokenBuckets::new(Allowance {
            at_once: 3,
            each: SECOND,
        })
    }

    #[test]
    fn a_bucket_is_emptied_at_once_and_refills_steadily() {
        let mut buckets = three_at_once_then_one_each_second();
        for _ in 0..3 {
            assert_eq!(buckets.wait(&"ada", NOW), Duration::ZERO);
            buckets.take("ada", NOW);
        }
        assert_eq!(buckets.wait(&"ada", NOW), SECOND);
        assert_eq!(
            buckets.wait(&"ada", NOW + Duration::from_millis(300)),
            Duration::from_millis(700)
        );
        assert_eq!(buckets.wait(&"ada", NOW + SECOND), Duration::ZERO);
        assert_eq!(
            buckets.wait(&"bob", NOW),
            Duration::ZERO,
            "everybody has a bucket of their own"
        );
        buckets.take("ada", NOW + SECOND);
        assert_eq!(buckets.wait(&"ada", NOW + SECOND), SECOND);
    }

    #[test]
    fn a_bucket_never_holds_more_than_it_can() {
        let mut buckets = three_at_once_then_one_each_second();
        buckets.take("ada", NOW);
        buckets.give_back(&"ada", TENTHS);
        buckets.give_back(&"ada", TENTHS);
        for _ in 0..3 {
            buckets.take("ada", NOW);
        }
        assert_eq!(buckets.wait(&"ada", NOW), SECOND);
    }

    #[test]
    fn nine_tenths_back_make_a_token_last_ten_times() {
        let mut buckets = three_at_once_then_one_each_second();
        let mut taken = 0;
        while buckets.wait(&"ada", NOW).is_zero() {
            buckets.take("ada", NOW);
            buckets.give_back(&"ada", 9);
            taken += 1;
        }
        assert_eq!(taken, 21, "the last of which needs a whole token to begin with");
    }
}
