//! Events of accounts that reach a consumer of notifications.

use std::{
    collections::HashMap,
    str::FromStr,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use message_bus::{Beginning, CommandMeta, Consumer, NewEvent, ReactsTo, UseCaseError, WriteSet};
use notifications::{
    Notifications, NotificationsRows, NotificationsStore, Sender, in_memory::InMemoryMailer,
};
use shared_kernel::{EmailAddress, IdGenerator, UserId, Version, events::UserAccountCreated};
use tokio::{sync::watch, task::JoinSet, time::MissedTickBehavior};
use uuid::Uuid;

use crate::{
    CALLERS,
    ground::{Ground, Relays},
};

/// What the consumer writes beside its position.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Effect {
    /// Nothing.
    None,
    /// A row.
    Row,
}

/// A consumer's handler that records when it has applied which event.
struct Noting {
    effect: Effect,
    notifications: Notifications,
    store: Arc<dyn NotificationsStore>,
    ids: Arc<dyn IdGenerator>,
    done_at: Mutex<HashMap<Uuid, Instant>>,
    done: watch::Sender<usize>,
}

impl ReactsTo<UserAccountCreated> for Noting {
    async fn react(&self, event: UserAccountCreated, meta: CommandMeta) -> Result<(), UseCaseError> {
        let user = event.user_id.uuid();
        match self.effect {
            Effect::Row => self.notifications.react(event, meta).await?,
            Effect::None => {
                let rows = NotificationsRows::default();
                let write_set =
                    WriteSet::new(rows, Vec::new(), None, "notifications", &meta, self.ids.as_ref());
                self.store.commit(write_set).await.map_err(UseCaseError::defect)?;
            }
        }
        self.done_at.lock().unwrap().insert(user, Instant::now());
        self.done.send_modify(|done| *done += 1);
        Ok(())
    }
}

/// Events a second that are committed, without a consumer.
pub(crate) async fn commits(ground: &Arc<Ground>, duration: Duration) -> f64 {
    ground.nobody_takes_anything();
    let start = Instant::now();
    let committed = at_full_load(ground, duration).await;
    per_second(committed, start)
}

/// Events a second that are committed and applied.
pub(crate) async fn deliveries(ground: &Arc<Ground>, duration: Duration, effect: Effect) -> f64 {
    let (handler, relays) = attach(ground, effect);
    let start = Instant::now();
    let committed = at_full_load(ground, duration).await;
    all_done(&handler, committed).await;
    let rate = per_second(committed, start);
    relays.end().await;
    rate
}

/// Seconds from an event's commit to that of its effect, a row, at `rate` events a second: the median, and what 99 of 100 do not exceed.
pub(crate) async fn latency(ground: &Arc<Ground>, duration: Duration, rate: f64) -> [f64; 2] {
    let (handler, relays) = attach(ground, Effect::Row);
    let end = Instant::now() + duration;
    let mut callers = JoinSet::new();
    for _ in 0..CALLERS {
        let ground = Arc::clone(ground);
        callers.spawn(async move {
            let mut ticks = tokio::time::interval(Duration::from_secs_f64(CALLERS as f64 / rate));
            ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
            let mut committed = Vec::new();
            while Instant::now() < end {
                ticks.tick().await;
                let user = create_account(&ground).await;
                committed.push((user, Instant::now()));
            }
            committed
        });
    }
    let committed: Vec<_> = callers.join_all().await.into_iter().flatten().collect();
    all_done(&handler, committed.len()).await;
    relays.end().await;
    let done_at = handler.done_at.lock().unwrap();
    let mut took: Vec<Duration> = committed
        .iter()
        // The effect may be there before its cause's caller gets its answer.
        .map(|(user, committed_at)| done_at[user].saturating_duration_since(*committed_at))
        .collect();
    took.sort();
    [took.len() / 2, took.len() * 99 / 100].map(|place| took[place].as_secs_f64())
}

fn attach(ground: &Arc<Ground>, effect: Effect) -> (Arc<Noting>, Relays) {
    let sender = Sender::from_str("orders@localhost").unwrap();
    let store = &ground.notifications.store;
    let handler = Arc::new(Noting {
        effect,
        notifications: Notifications::new(
            Arc::clone(store),
            Arc::new(InMemoryMailer::default()),
            sender,
            Arc::clone(&ground.ids),
        ),
        store: Arc::clone(store),
        ids: Arc::clone(&ground.ids),
        done_at: Mutex::default(),
        done: watch::Sender::default(),
    });
    let consumer = Consumer::new(
        "notifications.users",
        "notifications",
        "accounts",
        Beginning::StartOfTheLog,
    )
    .on::<UserAccountCreated, _>(&handler);
    let relays = ground.relay(vec![(consumer, &ground.notifications.database)]);
    (handler, relays)
}

/// Commits as many events as possible for some time, and returns how many.
async fn at_full_load(ground: &Arc<Ground>, duration: Duration) -> usize {
    let end = Instant::now() + duration;
    let mut callers = JoinSet::new();
    for _ in 0..CALLERS {
        let ground = Arc::clone(ground);
        callers.spawn(async move {
            let mut committed = 0;
            while Instant::now() < end {
                create_account(&ground).await;
                committed += 1;
            }
            committed
        });
    }
    callers.join_all().await.into_iter().sum()
}

/// Commits one event, and returns of which user.
async fn create_account(ground: &Ground) -> Uuid {
    let user = ground.ids.next_id();
    let event = UserAccountCreated {
        user_id: UserId::new(user),
        email: EmailAddress::from_str(&format!("{user}@example.com")).unwrap(),
    };
    let event = NewEvent::delivered(&event, user, Version::new(1)).unwrap();
    let (rows, meta) = (NotificationsRows::default(), ground.meta());
    let write_set = WriteSet::new(rows, vec![event], None, "accounts", &meta, ground.ids.as_ref());
    ground.accounts.store.commit(write_set).await.unwrap();
    user
}

async fn all_done(handler: &Noting, count: usize) {
    let mut done = handler.done.subscribe();
    done.wait_for(|done| *done >= count).await.unwrap();
}

fn per_second(count: usize, start: Instant) -> f64 {
    count as f64 / start.elapsed().as_secs_f64()
}
