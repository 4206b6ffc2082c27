//! Which stamps are old enough, whatever the clock showed.

use proptest::{collection::vec, prelude::*};

use super::*;

const DAY: i64 = 24 * HOUR;
const MINUTE: i64 = 60 * SECOND;
/// Some time in 2026.
const NOW: i64 = 1_767_225_600 * SECOND;

/// A database in memory: its row, its lines, and stored items, each with the lived time at which it was stored.
struct Database {
    row: LivedTime,
    lines: Vec<(i64, RowTime)>,
    stored: Vec<(i64, RowTime)>,
    clock: i64,
}

impl Database {
    fn new() -> Self {
        let row = LivedTime::beginning(RowTime(NOW));
        Self {
            row,
            lines: vec![(row.lived, row.stamps_from)],
            stored: Vec::new(),
            clock: NOW,
        }
    }

    /// Stores an item, whatever the clock shows.
    fn store(&mut self) {
        let stamp = self.row.stamps_from.max(RowTime(self.clock));
        self.stored.push((self.row.lived, stamp));
    }

    /// Time passes, and is lived.
    fn live(&mut self, more: i64) {
        self.clock += more;
        self.look_at_the_clock(more);
    }

    fn look_at_the_clock(&mut self, more: i64) {
        let found = self.row;
        self.row = found.after(more, RowTime(self.clock));
        if self.row.begins_a_line(found) {
            self.lines.push((self.row.lived, self.row.stamps_from));
        }
    }

    /// The clock is set, and read when the next process starts.
    fn set_clock(&mut self, by: i64) {
        self.clock += by;
        self.look_at_the_clock(0);
    }

    /// The result of [`STORED_BEFORE`].
    fn stored_before(&self, kept: i64) -> Option<RowTime> {
        let lines = || self.lines.iter();
        let from = lines()
            .map(|(lived, _)| *lived)
            .filter(|lived| *lived <= self.row.lived - kept)
            .max()?;
        lines()
            .filter(|(lived, _)| *lived >= from)
            .map(|(_, stamps_from)| *stamps_from)
            .min()
    }

    fn is_forgotten(&self, stamp: RowTime, kept: i64) -> bool {
        self.stored_before(kept).is_some_and(|before| stamp < before)
    }
}

#[test]
fn what_was_kept_for_its_whole_time_is_forgotten_within_the_hour_after() {
    let mut database = Database::new();
    database.store();
    let (_, stamp) = database.stored[0];
    for _ in 0..2 * 24 * 60 {
        database.live(MINUTE);
        assert!(!database.is_forgotten(stamp, 2 * DAY), "{:?}", database.row);
    }
    for _ in 0..61 {
        database.live(MINUTE);
    }
    assert!(database.is_forgotten(stamp, 2 * DAY));
}

#[test]
fn a_clock_within_an_hour_is_followed_and_one_further_away_is_lived_with_for_a_day_first() {
    for ahead in [HOUR, -HOUR, 0] {
        let mut database = Database::new();
        database.set_clock(ahead);
        let row = database.row;
        assert_eq!((row.stamps_from.0, row.jumped_at), (NOW + ahead, None));
    }
    for ahead in [HOUR + 1, -HOUR - 1, 40 * DAY, -10 * DAY] {
        let mut database = Database::new();
        database.set_clock(ahead);
        for _ in 1..24 {
            database.live(HOUR);
            let row = database.row;
            assert_eq!((row.stamps_from.0, row.jumped_at), (NOW + row.lived, Some(0)));
        }
        database.live(HOUR);
        let row = database.row;
        assert_eq!((row.stamps_from.0, row.jumped_at), (NOW + DAY + ahead, None));
    }
}

#[test]
fn a_jump_is_told_with_both_times_until_the_clock_is_back() {
    let own = OwnLife::default();
    let found = LivedTime::beginning(RowTime(NOW));
    let (row, jump) = own.go_on(found, Duration::ZERO, RowTime(NOW + 40 * DAY)).unwrap();
    let jump = jump.unwrap();
    assert_eq!(jump.clock.as_microseconds(), NOW + 40 * DAY);
    assert_eq!(jump.expected.as_microseconds(), NOW);
    assert_eq!(own.jump_seconds(), 40 * 24 * 3600);
    let (row, jump) = own.go_on(row, Duration::ZERO, RowTime(NOW - DAY)).unwrap();
    assert_eq!(
        (jump.unwrap().seconds(), own.jump_seconds()),
        (-24 * 3600, -24 * 3600)
    );
    let (_, jump) = own.go_on(row, Duration::ZERO, RowTime(NOW)).unwrap();
    assert_eq!((jump, own.jump_seconds()), (None, 0));
}

#[test]
fn time_counts_that_this_process_lived_since_it_wrote_what_it_finds() {
    let own = OwnLife::default();
    let lived = |found: LivedTime, running_for| {
        let now = RowTime(found.stamps_from.0);
        own.go_on(found, Duration::from_secs(running_for), now).unwrap().0
    };
    let first = LivedTime::beginning(RowTime(NOW));
    assert_eq!(
        lived(first, 100).lived,
        0,
        "it has lived, but not with this database"
    );
    own.has_written(Some(first), Duration::from_secs(100));
    let second = lived(first, 160);
    assert_eq!(second.lived, 60 * SECOND);
    // Another process wrote first, and has counted the minute.
    let others = LivedTime {
        lived: 59 * SECOND,
        ..first
    };
    assert_eq!(lived(others, 160).lived, 59 * SECOND);
    own.has_written(None, Duration::from_secs(160));
    assert_eq!(
        lived(first, 220).lived,
        0,
        "nothing was written, so nothing counts"
    );
}

/// What happens to an installation.
#[derive(Clone, Debug)]
enum Happens {
    Lives(i64),
    SetsTheClock(i64),
    Stores,
}

fn whatever_happens() -> impl Strategy<Value = Vec<Happens>> {
    let happens = prop_oneof![
        (1..3 * HOUR).prop_map(Happens::Lives),
        (1..2 * DAY).prop_map(Happens::Lives),
        (-50 * DAY..50 * DAY).prop_map(Happens::SetsTheClock),
        (-HOUR..HOUR).prop_map(Happens::SetsTheClock),
        Just(Happens::Stores),
        Just(Happens::Stores),
    ];
    vec(happens, 1..200)
}

proptest! {
    #[test]
    fn nothing_is_forgotten_that_was_not_kept_for_its_whole_time(history in whatever_happens(), kept in HOUR..10 * DAY) {
        let mut database = Database::new();
        for happens in history {
            match happens {
                Happens::Lives(more) => database.live(more),
                Happens::SetsTheClock(by) => database.set_clock(by),
                Happens::Stores => database.store(),
            }
            for (lived, stamp) in &database.stored {
                if database.is_forgotten(*stamp, kept) {
                    prop_assert!(database.row.lived - lived >= kept, "{stamp:?} was kept for {}", database.row.lived - lived);
                }
            }
        }
    }

    #[test]
    fn all_is_forgotten_once_the_clock_was_steady_for_long_enough(history in whatever_happens(), kept in HOUR..10 * DAY) {
        let mut database = Database::new();
        for happens in history {
            match happens {
                Happens::Lives(more) => database.live(more),
                Happens::SetsTheClock(by) => database.set_clock(by),
                Happens::Stores => database.store(),
            }
        }
        // In the end the clock is followed again; what has a later stamp is kept until the clock gets there.
        let furthest = database.stored.iter().map(|(_, stamp)| stamp.0).max().unwrap_or(NOW);
        let ahead = (furthest - database.clock).max(0);
        for _ in 0..(ahead + kept + DAY) / HOUR + 3 {
            database.live(HOUR);
        }
        for (_, stamp) in &database.stored {
            prop_assert!(database.is_forgotten(*stamp, kept), "{stamp:?} is still there");
        }
    }
}
