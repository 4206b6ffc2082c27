//! Whether events are published: for how long the first unpublished event of a context has been the same one.
//!
//! The age of that event does not matter. For a consumer that begins with the start of the log, every old event is published
//! again, and so is an event that a consumer missed: all of these are old, and are being delivered. Nor does the age of retrying
//! or waiting deliveries: while a mail server is unreachable they get old as intended, and stopping an instance because of it
//! helps no one. Both are figures (`/metrics`), for alerts.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use shared_kernel::Timestamp;

/// For how long publishing may be stalled, and since when it is. Clones share it.
#[derive(Clone)]
pub struct StalledRelay {
    most_seconds: u32,
    firsts: Arc<Mutex<BTreeMap<&'static str, First>>>,
}

/// The first unpublished event of a context.
struct First {
    happened_at: Timestamp,
    seen_since: Timestamp,
}

impl StalledRelay {
    /// Publishing may be stalled for so long; for ever, when it is 0.
    pub fn of_at_most(most_seconds: u32) -> Self {
        Self {
            most_seconds,
            firsts: Arc::default(),
        }
    }

    /// Takes the time of a context's first unpublished event, and returns for how many seconds it has been the first, if that is too
    /// long.
    pub(crate) fn seconds_too_long(
        &self,
        context: &'static str,
        first: Option<Timestamp>,
        now: Timestamp,
    ) -> Option<i64> {
        // Nothing panics while the lock is held, so a poisoned one is as good as any.
        let mut firsts = self.firsts.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(happened_at) = first else {
            firsts.remove(context);
            return None;
        };
        let new = First {
            happened_at,
            seen_since: now,
        };
        let known = firsts
            .entry(context)
            .and_modify(|known| {
                if known.happened_at != happened_at {
                    known.happened_at = happened_at;
                    known.seen_since = now;
                }
            })
            .or_insert(new);
        let seconds = now.milliseconds_since(known.seen_since) / 1000;
        (self.most_seconds > 0 && seconds >= i64::from(self.most_seconds)).then_some(seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(seconds: i64) -> Timestamp {
        "2026-01-01T00:00:00Z"
            .parse::<Timestamp>()
            .unwrap()
            .plus_seconds(seconds)
    }

    #[test]
    fn an_event_that_stays_the_first_stands_still_however_old_it_was_when_it_was_first_seen() {
        let stalled_relay = StalledRelay::of_at_most(60);
        let seen = |now| stalled_relay.seconds_too_long("ordering", Some(time(-9_000)), time(now));
        assert_eq!(
            (seen(0), seen(59), seen(60), seen(61)),
            (None, None, Some(60), Some(61))
        );
        assert_eq!(
            stalled_relay.seconds_too_long("accounts", Some(time(0)), time(62)),
            None
        );
    }

    #[test]
    fn events_that_move_do_not_stand_still_however_old_they_are() {
        let stalled_relay = StalledRelay::of_at_most(60);
        for now in 0..200 {
            let first = Some(time(-9_000 + now / 50));
            assert_eq!(
                stalled_relay.seconds_too_long("ordering", first, time(now)),
                None,
                "{now}"
            );
        }
        assert_eq!(stalled_relay.seconds_too_long("ordering", None, time(200)), None);
        let same_again = Some(time(-8_997));
        assert_eq!(
            stalled_relay.seconds_too_long("ordering", same_again, time(259)),
            None
        );
    }

    #[test]
    fn without_a_limit_they_may_stand_still_for_ever() {
        let stalled_relay = StalledRelay::of_at_most(0);
        for now in [0, 1_000_000] {
            assert_eq!(
                stalled_relay.seconds_too_long("ordering", Some(time(0)), time(now)),
                None
            );
        }
    }
}
