//! The relay, the dispatcher and the positions, together.

mod numbering;

use std::sync::{
    Mutex,
    atomic::{AtomicU32, Ordering},
};

use event_delivery::{Dispatcher, EventLog, Relay, Subscription};
use message_bus::{Beginning, Consumer, Delivery, ReactsTo, Unavailable, UseCaseError};
use operations::ContextOperations;
use shared_kernel::{EventId, UserId, events::UserDeactivated};
use tokio::sync::watch;

use super::*;

/// Commits each event's version as its effect; fails as often as it is told to first.
struct Recorder {
    context: SqliteContext<Things>,
    ids: CountingIds,
    failures: AtomicU32,
    applied: Mutex<Vec<Version>>,
}

impl ReactsTo<UserDeactivated> for Recorder {
    async fn react(&self, _: UserDeactivated, meta: CommandMeta) -> Result<(), UseCaseError> {
        let failing = self.failures.load(Ordering::SeqCst);
        if failing > 0 {
            self.failures.store(failing - 1, Ordering::SeqCst);
            return Err(Unavailable::dependency("not yet").into());
        }
        let write_set = WriteSet::new(Things::Nothing, vec![], None, "things", &meta, &self.ids);
        self.context
            .commit(write_set)
            .await
            .map_err(UseCaseError::defect)?;
        self.applied.lock().unwrap().push(meta.delivery.unwrap().version);
        Ok(())
    }
}

struct Delivering {
    fixture: Fixture,
    recorder: Arc<Recorder>,
    consumer: Arc<Consumer>,
}

const USER: Uuid = Uuid::from_u128(7);

impl Delivering {
    fn new(failures: u32) -> Self {
        let fixture = Fixture::new();
        let recorder = Arc::new(Recorder {
            context: fixture.context.clone(),
            ids: CountingIds::default(),
            failures: AtomicU32::new(failures),
            applied: Mutex::default(),
        });
        let consumer = Consumer::new("things.users", "things", "things", Beginning::StartOfTheLog)
            .on::<UserDeactivated, _>(&recorder);
        Self {
            fixture,
            recorder,
            consumer: Arc::new(consumer),
        }
    }

    async fn user_event(&self, version: u32) {
        let user = UserDeactivated {
            user_id: UserId::new(USER),
        };
        let event = NewEvent::delivered(&user, USER, Version::new(version)).unwrap();
        let write_set = self
            .fixture
            .write_set_with(Things::Nothing, vec![event], &self.fixture.meta());
        self.fixture.context.commit(write_set).await.unwrap();
    }

    fn dispatcher(&self) -> Dispatcher {
        let clock = Arc::clone(&self.fixture.clock) as Arc<dyn Clock>;
        Dispatcher::new(
            Arc::new(self.fixture.context.clone()),
            clock,
            Arc::new(CountingIds::default()),
        )
    }

    /// Relays until nothing is left to do, moving the clock on so that retries come due.
    async fn relay_until_idle(&self) {
        let subscription = Subscription {
            consumer: Arc::clone(&self.consumer),
            begins_after: 0,
            transport: Arc::new(self.dispatcher()),
            dispatcher: self.dispatcher(),
        };
        let relay = Relay::new(Arc::new(self.fixture.context.clone()), vec![subscription]);
        let (stop, stopped) = watch::channel(false);
        let running = tokio::spawn(relay.run(stopped));
        loop {
            self.fixture.clock.advance_seconds(120);
            if self.fixture.context.backlog().await.unwrap().is_empty() {
                break;
            }
            tokio::task::yield_now().await;
        }
        stop.send(true).unwrap();
        running.await.unwrap();
    }

    fn applied(&self) -> Vec<u32> {
        self.recorder
            .applied
            .lock()
            .unwrap()
            .iter()
            .map(|version| version.number())
            .collect()
    }
}

#[tokio::test]
async fn events_are_applied_once_and_in_order() {
    let delivering = Delivering::new(0);
    for version in 1..=20 {
        delivering.user_event(version).await;
    }
    delivering.relay_until_idle().await;
    assert_eq!(delivering.applied(), (1..=20).collect::<Vec<_>>());
}

#[tokio::test]
async fn followers_wait_behind_a_delivery_that_fails() {
    let delivering = Delivering::new(3);
    for version in 1..=5 {
        delivering.user_event(version).await;
    }
    delivering.relay_until_idle().await;
    assert_eq!(delivering.applied(), [1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn an_event_published_again_is_a_duplicate() {
    let delivering = Delivering::new(0);
    delivering.user_event(1).await;
    delivering.relay_until_idle().await;
    let types = vec!["UserDeactivated".to_owned()];
    delivering.fixture.context.publish_again(types).await.unwrap();
    assert_eq!(delivering.fixture.context.backlog().await.unwrap().unpublished, 1);
    delivering.relay_until_idle().await;
    assert_eq!(delivering.applied(), [1]);
}

#[tokio::test]
async fn a_position_moves_once_even_when_the_same_delivery_is_committed_twice() {
    let fixture = Fixture::new();
    let delivery = |version, previous| Delivery {
        consumer: "things.users",
        event_id: EventId::new(Uuid::nil()),
        aggregate_id: USER,
        version: Version::new(version),
        previous_version: Version::new(previous),
    };
    let commit = async |delivery| {
        let mut meta = fixture.meta();
        meta.delivery = Some(delivery);
        fixture
            .context
            .commit(fixture.write_set_with(Things::Nothing, vec![], &meta))
            .await
    };
    commit(delivery(1, 0)).await.unwrap();
    assert!(matches!(
        commit(delivery(1, 0)).await,
        Err(CommitError::AlreadyApplied)
    ));
    assert!(matches!(
        commit(delivery(5, 4)).await,
        Err(CommitError::DeliveryGap { .. })
    ));
    commit(delivery(3, 1)).await.unwrap();
    commit(delivery(5, 3)).await.unwrap();
}

#[tokio::test]
async fn of_commands_decided_together_all_positions_move_or_none_does() {
    let fixture = Fixture::new();
    let meta = |aggregate, version, previous| CommandMeta {
        delivery: Some(Delivery {
            consumer: "things.users",
            event_id: EventId::new(Uuid::nil()),
            aggregate_id: Uuid::from_u128(aggregate),
            version: Version::new(version),
            previous_version: Version::new(previous),
        }),
        ..fixture.meta()
    };
    let together = async |first: &CommandMeta, second: &CommandMeta| {
        let write_set = fixture.write_set_with(Things::Nothing, vec![], first);
        fixture
            .context
            .commit(write_set.with_command(vec![], second, &fixture.ids))
            .await
    };
    together(&meta(1, 1, 0), &meta(2, 1, 0)).await.unwrap();
    assert!(matches!(
        together(&meta(1, 2, 1), &meta(2, 1, 0)).await,
        Err(CommitError::AlreadyApplied)
    ));
    assert!(matches!(
        together(&meta(1, 2, 1), &meta(2, 4, 3)).await,
        Err(CommitError::DeliveryGap { position, .. }) if position == Version::FIRST
    ));
    together(&meta(1, 2, 1), &meta(2, 2, 1)).await.unwrap();
}

#[tokio::test]
async fn a_consumer_that_begins_now_takes_what_comes_later_only() {
    let delivering = Delivering::new(0);
    delivering.user_event(1).await;
    let now = Consumer::new("things.late", "things", "things", Beginning::Now)
        .on::<UserDeactivated, _>(&delivering.recorder);
    let context = &delivering.fixture.context;
    assert_eq!(context.begin_consumer(&now, context).await.unwrap(), 1);
    delivering.user_event(2).await;
    assert_eq!(
        context.begin_consumer(&now, context).await.unwrap(),
        1,
        "the first record stands"
    );
}

#[tokio::test]
async fn a_consumer_that_begins_with_the_log_gets_what_was_published_before() {
    let delivering = Delivering::new(0);
    delivering.user_event(1).await;
    let context = &delivering.fixture.context;
    let sequence = context.unpublished(1).await.unwrap()[0].sequence;
    context.mark_published(vec![sequence]);
    context
        .commit(delivering.fixture.write_set(Things::Nothing))
        .await
        .unwrap();
    assert!(
        context.unpublished(1).await.unwrap().is_empty(),
        "the mark rode on the batch"
    );

    assert_eq!(
        context
            .begin_consumer(&delivering.consumer, context)
            .await
            .unwrap(),
        0
    );

    delivering.relay_until_idle().await;
    assert_eq!(delivering.applied(), [1]);
}
