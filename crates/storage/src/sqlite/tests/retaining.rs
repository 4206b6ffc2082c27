//! What is deleted, and when, whatever the clock shows.

mod deliveries;

use std::time::Duration;

use diesel::{RunQueryDsl, sql_query};
use event_delivery::EventLog;
use message_bus::{CommandLog, Recorded};

use super::*;
use crate::opening::context_database::{Forgettable, Forgotten};

const DAY: i64 = 24 * 60 * 60;
const TWO_DAYS: Duration = Duration::from_hours(2 * 24);
const THIRTY_DAYS: Duration = Duration::from_hours(30 * 24);

impl Fixture {
    /// A second process, after this one has ended.
    async fn start_again(&mut self) {
        self.context.close().await;
        let clock = Arc::clone(&self.clock) as Arc<dyn Clock>;
        self.context = SqliteContext::open(&self.folder, "things", MIGRATIONS, clock).unwrap();
        self.look_at_the_clock().await;
    }

    /// Returns by how many seconds the clock has jumped.
    async fn look_at_the_clock(&self) -> i64 {
        let jump = self.context.live_on(THIRTY_DAYS).await.unwrap();
        jump.map_or(0, crate::opening::context_database::ClockJump::seconds)
    }

    /// So many days pass, hour by hour, and retention runs in each.
    async fn live_for_days(&self, days: i64) {
        for _ in 0..days * 24 {
            self.clock.advance_seconds(60 * 60);
            self.look_at_the_clock().await;
            self.forget().await;
        }
    }

    /// What a server does once an hour.
    async fn forget(&self) {
        for (what, kept) in [
            (Forgettable::Commands, TWO_DAYS),
            (Forgettable::Deliveries, THIRTY_DAYS),
            (Forgettable::Events, THIRTY_DAYS),
        ] {
            assert_eq!(self.context.forget(what, kept).await.unwrap(), Forgotten::All);
        }
    }

    /// Makes thing `id` under a key, with an event that no consumer takes.
    async fn store(&self, id: i64) {
        let mut meta = self.meta();
        meta.replay = replay(&format!("ada POST /things {id}"), 7);
        let mut made = event(id, 1);
        made.audience = message_bus::Audience::Private;
        let write_set = self.write_set_with(Self::thing(id), vec![made], &meta);
        self.context.commit(write_set).await.unwrap();
    }

    async fn knows_the_key(&self, id: i64) -> bool {
        let replay = replay(&format!("ada POST /things {id}"), 7).unwrap();
        self.context.recorded(&replay).await.unwrap() != Recorded::Nothing
    }

    async fn events(&self) -> i64 {
        self.number("SELECT count(*) AS number FROM event_log").await
    }

    async fn number(&self, query: &'static str) -> i64 {
        #[derive(diesel::QueryableByName)]
        struct Number {
            #[diesel(sql_type = sql_types::BigInt)]
            number: i64,
        }
        let number = self
            .context
            .read(move |connection| Ok(sql_query(query).get_result::<Number>(connection)?.number));
        number.await.unwrap()
    }
}

#[tokio::test]
async fn what_is_kept_for_its_whole_time_is_forgotten_and_what_is_not_stays() {
    let fixture = Fixture::new();
    fixture.look_at_the_clock().await;
    fixture.store(1).await;
    fixture.live_for_days(2).await;
    assert!(fixture.knows_the_key(1).await);
    fixture.store(2).await;
    fixture.live_for_days(1).await;
    assert!(!fixture.knows_the_key(1).await);
    assert!(fixture.knows_the_key(2).await);
    assert_eq!(fixture.events().await, 2);
    fixture.live_for_days(28).await;
    assert!(fixture.events().await < 2, "an event is kept for thirty days");
}

#[tokio::test]
async fn a_start_with_a_clock_that_is_days_ahead_or_behind_forgets_nothing() {
    for wrong_by in [3 * DAY, 40 * DAY, -10 * DAY] {
        let mut fixture = Fixture::new();
        fixture.look_at_the_clock().await;
        for id in 1..=3 {
            fixture.store(id).await;
            fixture.live_for_days(1).await;
        }
        fixture.clock.set_by_seconds(wrong_by);
        fixture.start_again().await;
        assert_eq!(fixture.look_at_the_clock().await, wrong_by);
        fixture.store(4).await;
        fixture.forget().await;
        assert!(
            fixture.knows_the_key(2).await
                && fixture.knows_the_key(3).await
                && fixture.knows_the_key(4).await
        );
        assert_eq!(fixture.events().await, 4);

        fixture.clock.set_by_seconds(-wrong_by);
        fixture.start_again().await;
        assert_eq!(fixture.look_at_the_clock().await, 0);
        fixture.store(5).await;
        fixture.live_for_days(1).await;
        for id in 3..=5 {
            assert!(fixture.knows_the_key(id).await, "{id}, {wrong_by}");
        }
        assert_eq!(fixture.events().await, 5);
        fixture.live_for_days(31).await;
        assert!(
            !fixture.knows_the_key(3).await && fixture.events().await < 5,
            "{wrong_by}"
        );
    }
}

#[tokio::test]
async fn a_key_outlives_a_clock_that_is_set_under_a_running_server() {
    let fixture = Fixture::new();
    fixture.look_at_the_clock().await;
    fixture.live_for_days(3).await;
    for (id, wrong_by) in (1..).zip([-10 * DAY, 40 * DAY, -30 * DAY, 3 * DAY, -3 * DAY]) {
        fixture.clock.set_by_seconds(wrong_by);
        // Before any process has read the clock.
        fixture.store(id).await;
        fixture.look_at_the_clock().await;
        fixture.forget().await;
        assert!(fixture.knows_the_key(id).await, "{id}");
    }
    fixture.live_for_days(1).await;
    for id in 1..=5 {
        assert!(fixture.knows_the_key(id).await, "{id}");
    }
}

#[tokio::test]
async fn what_was_stamped_under_a_wrong_clock_is_no_rule_for_what_comes_after_it() {
    let mut fixture = Fixture::new();
    fixture.look_at_the_clock().await;
    fixture.clock.set_by_seconds(40 * DAY);
    fixture.start_again().await;
    fixture.store(1).await;
    fixture.clock.set_by_seconds(-40 * DAY);
    fixture.start_again().await;
    fixture.store(2).await;
    let now = fixture.clock.now().as_microseconds();
    let stamp = fixture.number("SELECT recorded_at AS number FROM command_log ORDER BY recorded_at LIMIT 1");
    assert_eq!(stamp.await, now);
}

#[tokio::test]
async fn an_installation_from_before_time_was_counted_forgets_nothing_until_enough_was_lived() {
    let mut fixture = Fixture::new();
    for id in 1..=3 {
        fixture.store(id).await;
        fixture.clock.advance_seconds(20 * DAY);
    }
    // The first start of the version that counts, with a clock that is wrong.
    fixture.clock.set_by_seconds(40 * DAY);
    fixture.start_again().await;
    fixture.forget().await;
    assert_eq!(fixture.events().await, 3);
    fixture.live_for_days(1).await;
    assert!(fixture.knows_the_key(1).await);
    fixture.live_for_days(2).await;
    assert!(!fixture.knows_the_key(1).await && !fixture.knows_the_key(3).await);
    fixture.live_for_days(28).await;
    assert!(fixture.events().await < 3);
}

#[tokio::test]
async fn a_pass_forgets_no_more_than_a_pass_may_and_the_next_goes_on() {
    let fixture = Fixture::new();
    fixture.look_at_the_clock().await;
    fixture
        .context
        .upkeep(|connection| {
            sql_query(
                "WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 7000)
                 INSERT INTO command_log (replay_key, fingerprint, result, recorded_at)
                 SELECT 'key ' || n, zeroblob(32), 'done', 1767225600000000 FROM numbers",
            )
            .execute(connection)?;
            Ok(())
        })
        .await
        .unwrap();
    for _ in 0..50 {
        fixture.clock.advance_seconds(60 * 60);
        fixture.look_at_the_clock().await;
    }
    let pass = || fixture.context.forget(Forgettable::Commands, TWO_DAYS);
    assert_eq!(pass().await.unwrap(), Forgotten::APart);
    assert_eq!(
        fixture.number("SELECT count(*) AS number FROM command_log").await,
        2000
    );
    assert_eq!(pass().await.unwrap(), Forgotten::All);
    assert_eq!(
        fixture.number("SELECT count(*) AS number FROM command_log").await,
        0
    );
}

#[tokio::test]
async fn an_event_stays_for_as_long_as_an_earlier_one_of_its_aggregate() {
    const OF_THE_FIRST: &str = "SELECT count(*) AS number FROM event_log WHERE hex(aggregate_id) LIKE '%01'";
    let fixture = Fixture::new();
    fixture.look_at_the_clock().await;
    // For a month no consumer can be reached, and no consumer takes the second type.
    let mut second = event(1, 2);
    second.audience = message_bus::Audience::Private;
    let write_set = fixture.write_set_with(Fixture::thing(1), vec![event(1, 1), second], &fixture.meta());
    fixture.context.commit(write_set).await.unwrap();
    fixture.store(2).await;
    fixture.store(3).await;
    fixture.live_for_days(31).await;
    assert_eq!(fixture.number(OF_THE_FIRST).await, 2);
    assert!(fixture.events().await < 4, "those of others are forgotten");
    let unpublished = fixture.context.unpublished(10).await.unwrap();
    fixture.context.mark_published(vec![unpublished[0].sequence]);
    fixture.live_for_days(31).await;
    assert_eq!(fixture.number(OF_THE_FIRST).await, 0);
}

#[tokio::test]
async fn the_newest_event_stays_so_that_no_number_is_given_twice() {
    let fixture = Fixture::new();
    fixture.look_at_the_clock().await;
    for id in 1..=3 {
        fixture.store(id).await;
    }
    fixture.live_for_days(31).await;
    assert_eq!(fixture.events().await, 1);
    fixture.store(4).await;
    let last = fixture.number("SELECT max(sequence) AS number FROM event_log");
    assert_eq!(last.await, 4);
}

#[tokio::test]
async fn lines_are_kept_for_as_long_as_they_are_needed() {
    let fixture = Fixture::new();
    fixture.look_at_the_clock().await;
    fixture.live_for_days(40).await;
    let lines = fixture.number("SELECT count(*) AS number FROM lived_hours").await;
    assert!((720..=722).contains(&lines), "{lines} lines for thirty days");
}
