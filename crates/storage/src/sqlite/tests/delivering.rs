//! The relay, the dispatcher and the positions, together.

mod numbering;

use std::sync::Mutex;

use event_delivery::{Dispatcher, EventLog, Relay, Subscription};
use message_bus::{Beginning, Consumer, ReactsTo, UseCaseError};
use operations::ContextOperations;
use shared_kernel::{UserId, events::UserDeactivated};
use tokio::sync::watch;

use super::*;

/// Commits each event's version as its effect.
struct Recorder {
    context: SqliteContext<Things>,
    ids: CountingIds,
    applied: Mutex<Vec<Version>>,
}

impl ReactsTo<UserDeactivated> for Recorder {
    async fn react(&self, _: UserDeactivated, meta: CommandMeta) -> Result<(), UseCaseError> {
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
    fn new() -> Self {
        let fixture = Fixture::new();
        let recorder = Arc::new(Recorder {
            context: fixture.context.clone(),
            ids: CountingIds::default(),
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

    /// Relays until nothing is left to do, moving the clock forward so that retries become due.
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
async fn a_consumer_that_begins_now_takes_what_comes_later_only() {
    let delivering = Delivering::new();
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
    let delivering = Delivering::new();
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
