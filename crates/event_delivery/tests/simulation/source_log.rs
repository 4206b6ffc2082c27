//! The event log that everything comes from: sequences are given when an event is written, and events are seen when they are committed,
//! which is another order.

use std::{collections::HashSet, sync::Arc};

use async_trait::async_trait;
use event_delivery::{EventLog, History, LoggedEvent, Missing, PastEvent};
use message_bus::{Actor, CommandMeta, Envelope, NewEvent, Unavailable};
use shared_kernel::{EventId, Timestamp, Version, in_memory::CountingIds};
use uuid::Uuid;

use crate::{
    fault::Fault,
    processes::Life,
    subscribers::{self, Kind, Nature},
    trace::{About, What},
    world::{State, World, wait},
};

/// The context that the events are from.
pub(crate) const SOURCE: &str = "orders";
/// The kind of aggregate that they are about.
pub(crate) const AGGREGATE_TYPE: &str = "order";

/// An event, and what happened to it.
pub(crate) struct Logged {
    pub(crate) event: LoggedEvent,
    pub(crate) aggregate: usize,
    pub(crate) version: u32,
    pub(crate) kind: Kind,
    /// When it was published, in virtual time; `None` when it is to be.
    pub(crate) published_at: Option<u64>,
    pub(crate) pruned: bool,
    /// How often the log had been numbered from 1 again by then.
    pub(crate) renumbered: u32,
    /// What it does to each consumer.
    pub(crate) natures: [Nature; subscribers::NAMES.len()],
    /// Consumers for which the transport broke its promise.
    pub(crate) misplaced: [bool; subscribers::NAMES.len()],
    /// Consumers that began after it was pruned.
    pub(crate) missed: [bool; subscribers::NAMES.len()],
}

/// All events that were ever committed.
pub(crate) struct LoggedEvents {
    /// In the order of their commits.
    events: Vec<Logged>,
    /// For each aggregate, the positions of its versions in `events`.
    versions: Vec<Vec<usize>>,
    last_given: i64,
    /// How many places were given whose events are not committed yet.
    under_way: usize,
    /// The known bug: retention takes the newest event, too, and an empty log is numbered from 1 again.
    pub(crate) numbers_again: bool,
    /// How often it was numbered from 1 again.
    pub(crate) renumbered: u32,
    /// Aggregates about which there is more to come.
    pub(crate) writers: usize,
}

impl LoggedEvents {
    pub(crate) fn new(aggregates: usize) -> Self {
        Self {
            events: Vec::new(),
            versions: vec![Vec::new(); aggregates],
            last_given: 0,
            under_way: 0,
            numbers_again: false,
            renumbered: 0,
            writers: aggregates,
        }
    }

    /// The next place in the log.
    pub(crate) fn give_sequence(&mut self) -> i64 {
        if self.numbers_again && self.under_way == 0 && self.events.iter().all(|logged| logged.pruned) {
            self.last_given = 0;
            self.renumbered += 1;
        }
        self.under_way += 1;
        self.last_given += 1;
        self.last_given
    }

    pub(crate) fn events(&self) -> &[Logged] {
        &self.events
    }

    pub(crate) fn events_mut(&mut self) -> &mut [Logged] {
        &mut self.events
    }

    /// The versions of an aggregate, from 1.
    pub(crate) fn of_aggregate(&self, aggregate: usize) -> impl Iterator<Item = &Logged> {
        self.versions[aggregate].iter().map(|place| &self.events[*place])
    }

    /// One event.
    pub(crate) fn version_mut(&mut self, aggregate: usize, version: u32) -> &mut Logged {
        &mut self.events[self.versions[aggregate][version as usize - 1]]
    }

    /// The largest sequence in the log. What was pruned is not in it.
    pub(crate) fn last_committed(&self) -> i64 {
        let kept = self.events.iter().filter(|logged| !logged.pruned);
        kept.map(|logged| logged.event.sequence).max().unwrap_or(0)
    }

    fn unpublished(&self, limit: u32) -> Vec<LoggedEvent> {
        let open = |logged: &&Logged| logged.published_at.is_none();
        let mut events: Vec<&Logged> = self.events.iter().filter(open).collect();
        events.sort_by_key(|logged| logged.event.sequence);
        events.truncate(limit as usize);
        events.into_iter().map(|logged| logged.event.clone()).collect()
    }

    fn history(&self, aggregate: usize, version: u32) -> History {
        let versions = self.versions[aggregate]
            .iter()
            .rev()
            .map(|place| &self.events[*place]);
        let past = versions.filter(|logged| logged.version < version && !logged.pruned);
        History(
            past.map(|logged| PastEvent {
                version: Version::new(logged.version),
                event_type: logged.kind.event_type().to_owned(),
                sequence: logged.event.sequence,
            })
            .collect(),
        )
    }
}

impl State {
    /// Commits the next version of an aggregate.
    pub(crate) fn commit(&mut self, aggregate: usize, sequence: i64, kind: Kind) {
        let version = u32::try_from(self.log.versions[aggregate].len() + 1).unwrap();
        let about = About::event(aggregate, version).with(sequence);
        if self.log.last_committed() > sequence {
            self.happened(Fault::CommittedOutOfOrder, about);
        }
        self.note(What::Committed, about);
        self.log.under_way -= 1;
        let natures = std::array::from_fn(|_| Nature::of_chance(&mut self.chance));
        self.log.versions[aggregate].push(self.log.events.len());
        self.log.events.push(Logged {
            event: LoggedEvent {
                sequence,
                envelope: envelope(aggregate, version, kind, self.now()),
            },
            aggregate,
            version,
            kind,
            published_at: (kind == Kind::Private).then_some(self.at),
            pruned: false,
            renumbered: self.log.renumbered,
            natures,
            misplaced: Default::default(),
            missed: Default::default(),
        });
    }

    fn mark(&mut self, life: Life, sequences: &[i64]) {
        if !self.processes.goes_on(life) || !self.processes.holds_lease(life.process, self.at) {
            return;
        }
        for place in 0..self.log.events.len() {
            let logged = &mut self.log.events[place];
            if sequences.contains(&logged.event.sequence) && logged.published_at.is_none() {
                logged.published_at = Some(self.at);
                let about = About::event(logged.aggregate, logged.version).by(life.process);
                self.note(What::Marked, about);
                self.check_published(place);
            }
        }
    }

    fn republish_gap(&mut self, missing: &Missing) -> bool {
        let aggregate = aggregate_of(missing.aggregate_id);
        let mut holds_last = false;
        for place in self.log.versions[aggregate].clone() {
            let logged = &mut self.log.events[place];
            let version = Version::new(logged.version);
            if logged.pruned || version <= missing.after || version > missing.up_to {
                continue;
            }
            holds_last |= version == missing.up_to;
            if logged.kind != Kind::Private {
                logged.published_at = None;
            }
        }
        let last = missing.up_to.number();
        self.happened(Fault::DrivenAgain, About::event(aggregate, last));
        holds_last
    }
}

/// The log, as one life of a process sees it.
pub(crate) struct SourceLog {
    pub(crate) world: Arc<World>,
    pub(crate) life: Life,
}

#[async_trait]
impl EventLog for SourceLog {
    fn source(&self) -> &'static str {
        SOURCE
    }

    async fn may_relay(&self) -> Result<bool, Unavailable> {
        let process = self.life.process;
        self.world.call(|state| state.take_lease(process)).await
    }

    async fn unpublished(&self, limit: u32) -> Result<Vec<LoggedEvent>, Unavailable> {
        self.world.call(|state| state.log.unpublished(limit)).await
    }

    async fn history(&self, _: String, id: Uuid, version: Version) -> Result<History, Unavailable> {
        let aggregate = aggregate_of(id);
        self.world
            .call(|state| state.log.history(aggregate, version.number()))
            .await
    }

    fn mark_published(&self, sequences: Vec<i64>) {
        let delay = {
            let mut state = self.world.state();
            if state.happens(Fault::MarksLost, About::process(self.life.process)) {
                return;
            }
            state.chance.milliseconds(0..60)
        };
        let (world, life) = (Arc::clone(&self.world), self.life);
        tokio::spawn(async move {
            wait(delay).await;
            world.state().mark(life, &sequences);
        });
    }

    async fn committed(&self) {
        self.world.committed[self.life.process].notified().await;
    }

    async fn last_sequence(&self) -> Result<i64, Unavailable> {
        self.world.call(|state| state.log.last_committed()).await
    }

    async fn publish_again(&self, event_types: Vec<String>) -> Result<(), Unavailable> {
        let event_types: HashSet<String> = event_types.into_iter().collect();
        self.world
            .call(|state| {
                for logged in &mut state.log.events {
                    if !logged.pruned && event_types.contains(logged.kind.event_type()) {
                        logged.published_at = None;
                    }
                }
            })
            .await
    }

    async fn republish_gap(&self, missing: Missing) -> Result<bool, Unavailable> {
        self.world.write(move |state| state.republish_gap(&missing)).await
    }
}

fn envelope(aggregate: usize, version: u32, kind: Kind, now: Timestamp) -> Envelope {
    let event = NewEvent::private(
        kind.event_type(),
        AGGREGATE_TYPE,
        id_of(aggregate),
        Version::new(version),
        serde_json::Value::Null,
    );
    let meta = CommandMeta::new(Actor::Operator, now, &CountingIds::default());
    let event_id = Uuid::from_u64_pair(aggregate as u64 + 1, u64::from(version));
    Envelope::new(event, EventId::new(event_id), SOURCE, &meta)
}

/// The id of an aggregate.
pub(crate) const fn id_of(aggregate: usize) -> Uuid {
    Uuid::from_u128(aggregate as u128 + 1)
}

/// The aggregate of an id.
pub(crate) fn aggregate_of(id: Uuid) -> usize {
    usize::try_from(id.as_u128() - 1).unwrap()
}
