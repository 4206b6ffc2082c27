//! Times by key, each kept until it has passed, and never more than a bounded number.

use std::{collections::HashMap, hash::Hash};

use shared_kernel::Timestamp;

/// The most that are kept: about 2 MB.
pub(super) const CAPACITY: usize = 20_000;

pub(super) struct BoundedTimes<K>(HashMap<K, Timestamp>);

impl<K> Default for BoundedTimes<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Eq + Hash> BoundedTimes<K> {
    /// The time of `key`, if it has not passed yet.
    pub(super) fn get(&self, key: &K, now: Timestamp) -> Option<Timestamp> {
        self.0.get(key).copied().filter(|time| *time > now)
    }

    pub(super) fn set(&mut self, key: K, time: Timestamp, now: Timestamp) {
        if self.0.len() >= CAPACITY && !self.0.contains_key(&key) {
            self.make_room(now);
        }
        self.0.insert(key, time);
    }

    /// Moves the time of `key` forward, if there is one.
    pub(super) fn move_forward(&mut self, key: &K, milliseconds: i64) {
        if let Some(time) = self.0.get_mut(key) {
            *time = time.plus_milliseconds(-milliseconds);
        }
    }

    /// Removes the times that have passed, and the earliest of the rest: half of all, so that this happens seldom.
    fn make_room(&mut self, now: Timestamp) {
        self.0.retain(|_, time| *time > now);
        let Some(too_many) = self.0.len().checked_sub(CAPACITY / 2 + 1) else {
            return;
        };
        let mut times: Vec<Timestamp> = self.0.values().copied().collect();
        let (_, last_forgotten, _) = times.select_nth_unstable(too_many);
        self.0.retain(|_, time| *time > *last_forgotten);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-01-01T00:00:00Z".parse().unwrap()
    }

    #[test]
    fn a_time_is_remembered_until_it_has_come() {
        let mut times = BoundedTimes::default();
        times.set("ada", now().plus_seconds(1), now());
        assert_eq!(times.get(&"ada", now()), Some(now().plus_seconds(1)));
        assert_eq!(times.get(&"ada", now().plus_seconds(1)), None);
        assert_eq!(times.get(&"bob", now()), None);
    }

    #[test]
    fn the_number_is_bounded_and_what_lasts_longest_stays() {
        let mut times = BoundedTimes::default();
        times.set(0, now().plus_seconds(3_600), now());
        for number in 1..CAPACITY * 3 {
            let seconds = i64::try_from(number % 1_000).unwrap() + 1;
            times.set(number, now().plus_seconds(seconds), now());
            assert!(times.0.len() <= CAPACITY);
        }
        assert!(times.0.len() > CAPACITY / 4, "{}", times.0.len());
        assert!(times.get(&0, now()).is_some());
    }

    #[test]
    fn what_has_come_makes_room_first() {
        let mut times = BoundedTimes::default();
        for number in 0..CAPACITY / 4 {
            times.set(number, now().plus_seconds(10), now());
        }
        for number in CAPACITY / 4..CAPACITY {
            times.set(number, now().plus_seconds(1), now());
        }
        let later = now().plus_seconds(5);
        times.set(CAPACITY, later.plus_seconds(1), later);
        assert_eq!(times.0.len(), CAPACITY / 4 + 1);
    }
}
