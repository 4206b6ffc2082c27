//! A token bucket per key. A bucket is kept as the time when it will be full again, so a full one is kept not at all.

use std::hash::Hash;

use shared_kernel::Timestamp;

use super::bounded_times::BoundedTimes;

/// The shares in which a token is given back.
const TENTHS: i64 = 10;

/// How much a bucket holds and how fast it refills.
#[derive(Clone, Copy)]
pub(super) struct Allowance {
    /// Tokens in a full bucket.
    pub(super) at_once: i64,
    /// Milliseconds until the next token.
    pub(super) milliseconds_each: i64,
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

    /// How many milliseconds it takes until there is a token; 0 when there is one.
    pub(super) fn wait(&self, key: &K, now: Timestamp) -> i64 {
        let after_taking = self.milliseconds_to_full(key, now) + self.allowance.milliseconds_each;
        (after_taking - self.milliseconds_in_all()).max(0)
    }

    /// Takes a token, whether or not there is one.
    pub(super) fn take(&mut self, key: K, now: Timestamp) {
        let after_taking = self.milliseconds_to_full(&key, now) + self.allowance.milliseconds_each;
        self.full_again_at
            .set(key, now.plus_milliseconds(after_taking), now);
    }

    /// Puts so many tenths of a token back.
    pub(super) fn give_back(&mut self, key: &K, tenths: i64) {
        let milliseconds = self.allowance.milliseconds_each * tenths / TENTHS;
        self.full_again_at.move_forward(key, milliseconds);
    }

    /// Never more than a whole bucket: if the clock is set back, a caller waits no longer than that.
    fn milliseconds_to_full(&self, key: &K, now: Timestamp) -> i64 {
        self.full_again_at
            .get(key, now)
            .map_or(0, |time| time.milliseconds_since(now))
            .min(self.milliseconds_in_all())
    }

    const fn milliseconds_in_all(&self) -> i64 {
        self.allowance.at_once * self.allowance.milliseconds_each
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-01-01T00:00:00Z".parse().unwrap()
    }

    fn three_at_once_then_one_each_second() -> TokenBuckets<&'static str> {
        TokenBuckets::new(Allowance {
            at_once: 3,
            milliseconds_each: 1_000,
        })
    }

    #[test]
    fn a_bucket_is_emptied_at_once_and_refills_steadily() {
        let mut buckets = three_at_once_then_one_each_second();
        for _ in 0..3 {
            assert_eq!(buckets.wait(&"ada", now()), 0);
            buckets.take("ada", now());
        }
        assert_eq!(buckets.wait(&"ada", now()), 1_000);
        assert_eq!(buckets.wait(&"ada", now().plus_milliseconds(300)), 700);
        assert_eq!(buckets.wait(&"ada", now().plus_seconds(1)), 0);
        assert_eq!(
            buckets.wait(&"bob", now()),
            0,
            "everybody has a bucket of their own"
        );
        buckets.take("ada", now().plus_seconds(1));
        assert_eq!(buckets.wait(&"ada", now().plus_seconds(1)), 1_000);
    }

    #[test]
    fn a_bucket_never_holds_more_than_it_can() {
        let mut buckets = three_at_once_then_one_each_second();
        buckets.take("ada", now());
        buckets.give_back(&"ada", TENTHS);
        buckets.give_back(&"ada", TENTHS);
        for _ in 0..3 {
            buckets.take("ada", now());
        }
        assert_eq!(buckets.wait(&"ada", now()), 1_000);
    }

    #[test]
    fn nine_tenths_back_make_a_token_last_ten_times() {
        let mut buckets = three_at_once_then_one_each_second();
        let mut taken = 0;
        while buckets.wait(&"ada", now()) == 0 {
            buckets.take("ada", now());
            buckets.give_back(&"ada", 9);
            taken += 1;
        }
        assert_eq!(taken, 21, "the last of which needs a whole token to begin with");
    }

    #[test]
    fn a_clock_that_is_set_back_makes_nobody_wait_longer_than_for_one_token() {
        let mut buckets = three_at_once_then_one_each_second();
        for _ in 0..3 {
            buckets.take("ada", now());
        }
        assert_eq!(buckets.wait(&"ada", now().plus_seconds(-86_400)), 1_000);
    }
}
