//! Times by key, each remembered until it has come, and never more than a bounded number. Times are counted from the
//! start of the process, by a clock that is never set.

use std::{collections::HashMap, hash::Hash, time::Duration};

/// The most that are kept: about 2 MB.
pub(super) const CAPACITY: usize = 20_000;

pub(super) struct BoundedTimes<K>(HashMap<K, Duration>);

impl<K> Default for BoundedTimes<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: Eq + Hash> BoundedTimes<K> {
    /// The time of `key`, if it has not passed yet.
    pub(super) fn get(&self, key: &K, now: Duration) -> Option<Duration> {
        self.0.get(key).copied().filter(|time| *time > now)
    }

    pub(super) fn set(&mut self, key: K, time: Duration, now: Duration) {
        if self.0.len() >= CAPACITY && !self.0.contains_key(&key) {
            self.make_room(now);
        }
        self.0.insert(key, time);
    }

    /// Moves the time of `key` forward, if there is one.
    pub(super) fn move_forward(&mut self, key: &K, by: Duration) {
        if let Some(time) = self.0.get_mut(key) {
            *time = time.saturating_sub(by);
        }
    }

    /// Removes the times that have passed, and the earliest of the rest: half of all, so that this happens seldom.
    fn make_room(&mut self, now: Duration) {
        self.0.retain(|_, time| *time > now);
        let Some(too_many) = self.0.len().checked_sub(CAPACITY / 2 + 1) else {
            return;
        };
        let mut times: Vec<Duration> = self.0.values().copied().collect();
        let (_, last_forgotten, _) = times.select_nth_unstable(too_many);
        self.0.retain(|_, time| *time > *last_forgotten);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_hours(1);

    fn in_seconds(seconds: u64) -> Duration {
        NOW + Duration::from_secs(seconds)
    }

    #[test]
    fn a_time_is_remembered_until_it_has_come() {
        let mut times = BoundedTimes::default();
        times.set("ada", in_seconds(1), NOW);
        assert_eq!(times.get(&"ada", NOW), Some(in_seconds(1)));
        assert_eq!(times.get(&"ada", in_seconds(1)), None);
        assert_eq!(times.get(&"bob", NOW), None);
    }

    #[test]
    fn the_number_is_bounded_and_what_lasts_longest_stays() {
        let mut times = BoundedTimes::default();
        times.set(0, in_seconds(3_600), NOW);
        for number in 1..CAPACITY * 3 {
            let seconds = u64::try_from(number % 1_000).unwrap() + 1;
            times.set(number, in_seconds(seconds), NOW);
            assert!(times.0.len() <= CAPACITY);
        }
        assert!(times.0.len() > CAPACITY / 4, "{}", times.0.len());
        assert!(times.get(&0, NOW).is_some());
    }

    #[test]
    fn what_has_come_makes_room_first() {
        let mut times = BoundedTimes::default();
        for number in 0..CAPACITY / 4 {
            times.set(number, in_seconds(10), NOW);
        }
        for number in CAPACITY / 4..CAPACITY {
            times.set(number, in_seconds(1), NOW);
        }
        let later = in_seconds(5);
        times.set(CAPACITY, later + Duration::from_secs(1), later);
        assert_eq!(times.0.len(), CAPACITY / 4 + 1);
    }
}
