//! What is deleted, and when, whatever the clocks show. The server's clock cannot be set here: instead, all stored times are moved the other way.

mod numbering;

use std::time::Duration;

use event_delivery::EventLog;
use message_bus::{CommandLog, Recorded};
use operations::ContextOperations;

use super::{holding::pending, *};
use crate::{
    ContextDatabase,
    opening::context_database::{ClockJump, Forgettable, Forgotten},
    test_deliveries::end_each_in_its_own_way,
};

const DAY: i64 = 24 * 60 * 60;
const TWO_DAYS: Duration = Duration::from_hours(2 * 24);
const THIRTY_DAYS: Duration = Duration::from_hours(30 * 24);

impl Fixture {
    /// A context that relays.
    async fn relaying() -> Self {
        let fixture = Self::new().await;
        assert!(fixture.context().may_relay().await.unwrap());
        // The first look finds nothing, and time counts from the second one on.
        fixture.look_at_the_clock().await;
        fixture.look_at_the_clock().await;
        fixture
    }

    /// Sets the server's clock, relative to what is stored.
    async fn set_servers_clock(&self, by_seconds: i64) {
        administer_in(
            &self.server,
            &format!(
                "UPDATE lived_time SET stamps_from = stamps_from - interval '{by_seconds} s';
                 UPDATE lived_hours SET stamps_from = stamps_from - interval '{by_seconds} s';
                 UPDATE command_log SET recorded_at = recorded_at - interval '{by_seconds} s';
                 UPDATE event_log SET published_at = published_at - interval '{by_seconds} s'"
            ),
        )
        .await;
    }

    /// Returns by how many seconds the clock has jumped.
    async fn look_at_the_clock(&self) -> i64 {
        let jump = self.context().live_on(THIRTY_DAYS).await.unwrap();
        jump.map_or(0, ClockJump::seconds)
    }

    /// So many days pass, and retention runs every six hours.
    async fn live_for_days(&self, days: i64) {
        for _ in 0..days * 4 {
            self.clock.advance_seconds(DAY / 4);
            self.set_servers_clock(DAY / 4).await;
            self.look_at_the_clock().await;
            forget(self.context()).await;
        }
    }

    /// Makes thing `id` under a key, with an event that no consumer takes.
    async fn store(&self, id: u128) {
        store_with(self.context(), self, id).await;
    }

    async fn knows_the_key(&self, id: u128) -> bool {
        let replay = replay(&format!("ada POST /things {id}"), 7).unwrap();
        self.context().recorded(&replay).await.unwrap() != Recorded::Nothing
    }
}

async fn administer_in(server: &PostgresServer, statements: &str) {
    let link = server.connect("things").await.unwrap();
    (&link.connection).batch_execute(statements).await.unwrap();
}

async fn store_with(context: &PostgresContext<Thing>, fixture: &Fixture, id: u128) {
    let mut meta = fixture.meta();
    meta.replay = replay(&format!("ada POST /things {id}"), 7);
    let mut made = event(id, 1);
    made.audience = message_bus::Audience::Private;
    let write_set = fixture.write_set(Fixture::thing(id), vec![made], &meta);
    context.commit(write_set).await.unwrap();
}

/// What a server does once an hour.
async fn forget(context: &PostgresContext<Thing>) {
    for (what, kept) in [
        (Forgettable::Commands, TWO_DAYS),
        (Forgettable::Deliveries, THIRTY_DAYS),
        (Forgettable::Events, THIRTY_DAYS),
    ] {
        assert_eq!(context.forget(what, kept).await.unwrap(), Forgotten::All);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_for_its_whole_time_is_forgotten_and_what_is_not_stays() {
    let fixture = Fixture::relaying().await;
    fixture.store(1).await;
    fixture.live_for_days(2).await;
    assert!(fixture.knows_the_key(1).await);
    fixture.store(2).await;
    fixture.live_for_days(1).await;
    assert!(!fixture.knows_the_key(1).await);
    assert!(fixture.knows_the_key(2).await);
    assert_eq!(fixture.count("event_log").await, 2);
    fixture.live_for_days(28).await;
    assert!(fixture.count("event_log").await < 2);
    assert!(
        fixture.count("lived_hours").await <= 122,
        "lines are kept for as long as they are needed"
    );
    fixture.drop_database().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_servers_clock_that_is_days_ahead_or_behind_forgets_nothing() {
    for wrong_by in [3 * DAY, 40 * DAY, -10 * DAY] {
        let fixture = Fixture::relaying().await;
        for id in 1..=3 {
            fixture.store(id).await;
            fixture.live_for_days(1).await;
        }
        fixture.set_servers_clock(wrong_by).await;
        let jump = fixture.look_at_the_clock().await;
        assert!((jump - wrong_by).abs() < 300, "{jump}");
        assert_eq!(fixture.context().clock_jump_seconds(), jump);
        fixture.store(4).await;
        forget(fixture.context()).await;
        for id in 3..=4 {
            assert!(fixture.knows_the_key(id).await, "{id}, {wrong_by}");
        }
        assert_eq!(fixture.count("event_log").await, 4);

        fixture.set_servers_clock(-wrong_by).await;
        assert_eq!(fixture.look_at_the_clock().await, 0);
        fixture.store(5).await;
        fixture.live_for_days(1).await;
        for id in 3..=5 {
            assert!(fixture.knows_the_key(id).await, "{id}, {wrong_by}");
        }
        assert_eq!(fixture.count("event_log").await, 5);
        fixture.drop_database().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_processes_one_with_a_wrong_clock_makes_nobody_forget() {
    let fixture = Fixture::relaying().await;
    fixture.store(1).await;
    for wrong_by in [40 * DAY, -40 * DAY] {
        let clock = ManualClock::default();
        clock.set_by_seconds(wrong_by);
        let other = PostgresContext::open(
            &fixture.server,
            "things",
            MIGRATIONS,
            Arc::new(clock) as Arc<dyn Clock>,
            &SharedIds,
        )
        .await
        .unwrap();
        // It even relays.
        administer_in(&fixture.server, "UPDATE relay_lease SET expires_at = '-infinity'").await;
        assert!(other.may_relay().await.unwrap());
        assert_eq!(other.live_on(THIRTY_DAYS).await.unwrap(), None);
        store_with(&other, &fixture, 2 + u128::from(wrong_by > 0)).await;
        forget(&other).await;
        ContextDatabase::close(&other).await;
    }
    fixture.look_at_the_clock().await;
    forget(fixture.context()).await;
    for id in 1..=3 {
        assert!(fixture.knows_the_key(id).await, "{id}");
    }
    assert_eq!(
        fixture
            .count("command_log WHERE recorded_at BETWEEN now() - interval '1 hour' AND now()")
            .await,
        3,
        "stamps are the server's"
    );
    fixture.drop_database().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_stays_for_as_long_as_an_earlier_one_of_its_aggregate() {
    const OF_THE_FIRST: &str = "event_log WHERE aggregate_id = '00000000-0000-0000-0000-000000000001'";
    let fixture = Fixture::relaying().await;
    // For a month no consumer can be reached, and no consumer takes the second type.
    let mut second = event(1, 2);
    second.audience = message_bus::Audience::Private;
    let write_set = fixture.write_set(Fixture::thing(1), vec![event(1, 1), second], &fixture.meta());
    fixture.context().commit(write_set).await.unwrap();
    fixture.store(2).await;
    fixture.store(3).await;
    fixture.live_for_days(31).await;
    assert_eq!(fixture.count(OF_THE_FIRST).await, 2);
    assert!(
        fixture.count("event_log").await < 4,
        "those of others are forgotten"
    );
    let unpublished = fixture.context().unpublished(10).await.unwrap();
    fixture.context().mark_published(vec![unpublished[0].sequence]);
    fixture.live_for_days(31).await;
    assert_eq!(fixture.count(OF_THE_FIRST).await, 0);
    fixture.drop_database().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_processes_one_counts_the_time() {
    let fixture = Fixture::relaying().await;
    let other = fixture.open_another().await;
    for _ in 0..10 {
        fixture.clock.advance_seconds(60);
        fixture.set_servers_clock(60).await;
        fixture.look_at_the_clock().await;
        other.live_on(THIRTY_DAYS).await.unwrap();
    }
    assert_eq!(fixture.count("lived_time WHERE lived = 600 * 1000000").await, 1);

    administer_in(&fixture.server, "UPDATE relay_lease SET expires_at = '-infinity'").await;
    assert!(other.may_relay().await.unwrap());
    // The first has not noticed yet.
    for _ in 0..10 {
        fixture.clock.advance_seconds(60);
        fixture.set_servers_clock(60).await;
        other.live_on(THIRTY_DAYS).await.unwrap();
        fixture.look_at_the_clock().await;
    }
    let lived = "lived_time WHERE lived BETWEEN 600 * 1000000 AND 1200 * 1000000";
    assert_eq!(fixture.count(lived).await, 1, "no minute counts twice");
    ContextDatabase::close(&other).await;
    fixture.drop_database().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn deliveries_that_end_under_a_clock_that_is_behind_do_not_look_old() {
    let fixture = Fixture::relaying().await;
    fixture.set_servers_clock(-40 * DAY).await;
    fixture.look_at_the_clock().await;
    end_each_in_its_own_way(fixture.context(), &[1, 2, 3].map(|id| pending(&fixture, id))).await;
    let ended =
        "deliveries, lived_time WHERE ended_at >= stamps_from AND ended_at > now() + interval '39 days'";
    assert_eq!(fixture.count(ended).await, 3);
    fixture.drop_database().await;
}
