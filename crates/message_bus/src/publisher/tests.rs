//! The publisher, over a log and deliveries in memory.

mod publishing;
mod working_off;

use std::sync::{Mutex, MutexGuard};

use async_trait::async_trait;
use shared_kernel::{
    Clock, EventId, UserId, Version,
    events::{UserDeactivated, UserReactivated},
    in_memory::{CountingIds, ManualClock},
};
use uuid::Uuid;

use super::*;
use crate::{
    Actor, Beginning, CommandMeta, Conflict, DeliveryState, Envelope, History, Limits, Missing, NewEvent,
    PastEvent, ReactsTo, UseCaseError, in_memory::DeliveriesInMemory,
};

/// An event of the log, and whether it is marked as published.
struct Row {
    event: LoggedEvent,
    published: bool,
}

/// A log in memory.
#[derive(Default)]
struct Log {
    rows: Mutex<Vec<Row>>,
    /// Marks go nowhere.
    loses_marks: Mutex<bool>,
    driven: Mutex<Vec<Missing>>,
}

impl Log {
    fn rows(&self) -> MutexGuard<'_, Vec<Row>> {
        self.rows.lock().unwrap()
    }

    /// Commits a version of a user at this place of the log.
    fn commit(&self, sequence: i64, user: u128, version: u32) {
        let event = UserDeactivated {
            user_id: UserId::new(Uuid::from_u128(user)),
        };
        let event = NewEvent::delivered(&event, Uuid::from_u128(user), Version::new(version)).unwrap();
        self.append(sequence, event);
    }

    fn append(&self, sequence: i64, event: NewEvent) {
        let now = ManualClock::default().now();
        let meta = CommandMeta::new(Actor::Operator, now, &CountingIds::default());
        let event_id = EventId::new(Uuid::from_u128(sequence.unsigned_abs().into()));
        let envelope = Envelope::new(event, event_id, "accounts", &meta);
        self.rows().push(Row {
            event: LoggedEvent { sequence, envelope },
            published: false,
        });
    }

    fn published(&self) -> Vec<i64> {
        let rows = self.rows();
        let published = rows.iter().filter(|row| row.published);
        published.map(|row| row.event.sequence).collect()
    }

    fn forget(&self, sequence: i64) {
        self.rows().retain(|row| row.event.sequence != sequence);
    }
}

#[async_trait]
impl EventLog for Log {
    fn source(&self) -> &'static str {
        "accounts"
    }

    async fn may_relay(&self) -> Result<bool, Unavailable> {
        Ok(true)
    }

    async fn unpublished(&self, limit: u32) -> Result<Vec<LoggedEvent>, Unavailable> {
        let rows = self.rows();
        let mut open: Vec<LoggedEvent> = rows
            .iter()
            .filter(|row| !row.published)
            .map(|row| row.event.clone())
            .collect();
        open.sort_by_key(|event| event.sequence);
        open.truncate(limit as usize);
        Ok(open)
    }

    async fn history(&self, _: String, id: Uuid, version: Version) -> Result<History, Unavailable> {
        let rows = self.rows();
        let mut past: Vec<PastEvent> = rows
            .iter()
            .filter(|row| {
                row.event.envelope.aggregate_id == id && row.event.envelope.aggregate_version < version
            })
            .map(|row| PastEvent {
                version: row.event.envelope.aggregate_version,
                event_type: row.event.envelope.event_type.clone(),
                sequence: row.event.sequence,
            })
            .collect();
        past.sort_by_key(|event| std::cmp::Reverse(event.version));
        Ok(History(past))
    }

    fn mark_published(&self, sequences: Vec<i64>) {
        if *self.loses_marks.lock().unwrap() {
            return;
        }
        for row in self.rows().iter_mut() {
            row.published |= sequences.contains(&row.event.sequence);
        }
    }

    async fn committed(&self) {}

    async fn last_sequence(&self) -> Result<i64, Unavailable> {
        let rows = self.rows();
        Ok(rows.iter().map(|row| row.event.sequence).max().unwrap_or(0))
    }

    async fn publish_again(&self, _: Vec<String>) -> Result<(), Unavailable> {
        Err(Unavailable::defect("no publisher asks for this"))
    }

    async fn drive_again(&self, missing: Missing) -> Result<bool, Unavailable> {
        let mut holds_last = false;
        for row in self.rows().iter_mut() {
            let version = row.event.envelope.aggregate_version;
            if row.event.envelope.aggregate_id == missing.aggregate_id
                && (missing.after.next()..=missing.up_to).contains(&version)
            {
                row.published = false;
                holds_last |= version == missing.up_to;
            }
        }
        self.driven.lock().unwrap().push(missing);
        Ok(holds_last)
    }
}

/// A handler that applies what it is handed, or fails.
struct Handler {
    store: Arc<DeliveriesInMemory>,
    fails: Mutex<bool>,
    /// Users and versions, in the order of calls.
    calls: Mutex<Vec<(u128, u32)>>,
}

impl Handler {
    fn handle(&self, meta: &CommandMeta) -> Result<(), UseCaseError> {
        let delivery = meta.delivery.unwrap();
        let call = (delivery.aggregate_id.as_u128(), delivery.version.number());
        self.calls.lock().unwrap().push(call);
        if *self.fails.lock().unwrap() {
            return Err(Unavailable::dependency("down").into());
        }
        let applied = self.store.with(delivery.consumer, |state| state.apply(&delivery));
        applied.map_err(|_| Conflict::OthersWereFaster.into())
    }
}

impl ReactsTo<UserDeactivated> for Handler {
    async fn react(&self, _: UserDeactivated, meta: CommandMeta) -> Result<(), UseCaseError> {
        self.handle(&meta)
    }
}

impl ReactsTo<UserReactivated> for Handler {
    async fn react(&self, _: UserReactivated, meta: CommandMeta) -> Result<(), UseCaseError> {
        self.handle(&meta)
    }
}

/// What brings events to one consumer, when it does.
struct Way {
    courier: Courier,
    blocked: Mutex<bool>,
    handed: Mutex<Vec<(u128, u32, Handing)>>,
}

#[async_trait]
impl Transport for Way {
    async fn hand_over(
        &self,
        consumer: &Consumer,
        envelope: &Envelope,
        delivery: Delivery,
        handing: Handing,
    ) -> Result<Outcome, Unavailable> {
        let handed = (
            delivery.aggregate_id.as_u128(),
            delivery.version.number(),
            handing,
        );
        self.handed.lock().unwrap().push(handed);
        if *self.blocked.lock().unwrap() {
            return Err(Unavailable::dependency("the way is blocked"));
        }
        self.courier
            .hand_over(consumer, envelope, delivery, handing)
            .await
    }
}

/// A consumer with all that belongs to it.
struct Subscriber {
    name: &'static str,
    store: Arc<DeliveriesInMemory>,
    handler: Arc<Handler>,
    way: Arc<Way>,
    route: Route,
}

impl Subscriber {
    fn new(name: &'static str, clock: &Arc<ManualClock>) -> Self {
        let store = Arc::new(DeliveriesInMemory::new(Arc::clone(clock) as _));
        let handler = Arc::new(Handler {
            store: Arc::clone(&store),
            fails: Mutex::default(),
            calls: Mutex::default(),
        });
        let courier = Courier::new(
            Arc::clone(&store) as _,
            Arc::clone(clock) as _,
            Arc::new(CountingIds::default()),
        );
        let way = Arc::new(Way {
            courier: courier.clone(),
            blocked: Mutex::default(),
            handed: Mutex::default(),
        });
        let consumer = Consumer::new(name, "test", "accounts", Beginning::StartOfTheLog)
            .on::<UserDeactivated, _>(&handler);
        let route = Route {
            consumer: Arc::new(consumer),
            begins_after: 0,
            transport: Arc::clone(&way) as _,
            courier,
        };
        Self {
            name,
            store,
            handler,
            way,
            route,
        }
    }

    fn handed(&self) -> Vec<(u128, u32, Handing)> {
        std::mem::take(&mut self.way.handed.lock().unwrap())
    }

    fn calls(&self) -> Vec<(u128, u32)> {
        std::mem::take(&mut self.handler.calls.lock().unwrap())
    }

    fn block(&self, blocked: bool) {
        *self.way.blocked.lock().unwrap() = blocked;
    }

    fn fail(&self, fails: bool) {
        *self.handler.fails.lock().unwrap() = fails;
    }

    fn state_of(&self, user: u128, version: u32) -> Option<DeliveryState> {
        let key = (Uuid::from_u128(user), Version::new(version));
        self.store
            .with(self.name, |kept| kept.row(key.0, key.1).map(|row| row.held.state))
    }
}
