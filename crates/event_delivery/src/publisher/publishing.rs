//! What one process has under way while it publishes. Aggregates are independent: when one is finished, another begins at once, and
//! waits for no other.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    mem,
    sync::Arc,
    time::Duration,
};

use futures_util::{FutureExt, StreamExt, future::BoxFuture, stream::FuturesUnordered};
use message_bus::Unavailable;
use tokio::time::Instant;
use uuid::Uuid;

use super::{PAGE, Published, Publisher};
use crate::LoggedEvent;

/// Aggregates whose events are delivered at the same time: enough for consumers to share commits.
const AGGREGATES_AT_ONCE: usize = 64;
/// How long a process publishes before it checks its lease again: a third of the lease's duration.
const LEASE_RECHECK: Duration = Duration::from_secs(1);
/// How long an event that was delivered may go unmarked until it is delivered again.
pub(super) const MARK_PATIENCE: Duration = Duration::from_secs(5);

/// Kind and id.
type Aggregate = (String, Uuid);

/// The state of one process's publishing. Correctness does not depend on it: the log's rows and the consumers' positions record
/// what was done.
pub struct Publishing {
    publisher: Arc<Publisher>,
    /// When the lease was last confirmed.
    lease_confirmed_at: Option<Instant>,
    /// The end of the backlog when it began to lead: one of these events may have stopped the former leader.
    backlog_end: Option<i64>,
    /// How often it ceased to lead. What was begun in an earlier epoch is not marked: the present leader does that.
    leadership_epoch: u64,
    /// Published events, and when; their marks may not be committed yet.
    delivered: HashMap<i64, Instant>,
    /// Read, and not begun because too many are under way.
    waiting: VecDeque<Group>,
    /// Aggregates that are waiting or under way.
    in_flight: HashMap<Aggregate, InFlight>,
    under_way: FuturesUnordered<BoxFuture<'static, FinishedGroup>>,
    /// The log had more than was read last.
    full_page: bool,
    /// There was progress, so there may be more to publish.
    more: bool,
}

/// Events of one aggregate, oldest first.
struct Group {
    aggregate: Aggregate,
    events: Vec<LoggedEvent>,
}

struct InFlight {
    sequences: Vec<i64>,
    /// Later events of the aggregate were read, and left for the next look.
    followed: bool,
}

/// A finished group: its events up to the first that could not be published.
struct FinishedGroup {
    aggregate: Aggregate,
    leadership_epoch: u64,
    published: Vec<Published>,
}

/// The result of a look into the log.
pub struct Look {
    /// When the lease was confirmed, if this process has it.
    lease_confirmed_at: Result<Option<Instant>, Unavailable>,
    read: Result<Option<Read>, Unavailable>,
}

pub(super) struct Read {
    pub(super) backlog_end: i64,
    /// The log has more than was read.
    pub(super) full_page: bool,
    pub(super) events: Vec<LoggedEvent>,
}

impl Publishing {
    /// Begins without the lease.
    pub fn new(publisher: Arc<Publisher>) -> Self {
        Self {
            publisher,
            lease_confirmed_at: None,
            backlog_end: None,
            leadership_epoch: 0,
            delivered: HashMap::new(),
            waiting: VecDeque::new(),
            in_flight: HashMap::new(),
            under_way: FuturesUnordered::new(),
            full_page: false,
            more: false,
        }
    }

    /// Whether this process publishes, as far as it knows.
    pub const fn leads(&self) -> bool {
        self.lease_confirmed_at.is_some()
    }

    /// Whether something is being handed over.
    pub fn is_under_way(&self) -> bool {
        !self.under_way.is_empty()
    }

    /// Whether another group could begin.
    pub fn has_room(&self) -> bool {
        self.waiting.is_empty() && self.under_way.len() < AGGREGATES_AT_ONCE
    }

    /// Whether it makes sense to look again at once.
    pub const fn has_more(&self) -> bool {
        self.more
    }

    /// Looks into the log, if another group could begin, and checks the lease when that is due. Groups under way go on meanwhile.
    pub fn look(&mut self) -> BoxFuture<'static, Look> {
        self.more = false;
        let publisher = Arc::clone(&self.publisher);
        let (lease_confirmed_at, backlog_end) = (self.lease_confirmed_at, self.backlog_end);
        let known = self.delivered.len()
            + self
                .in_flight
                .values()
                .map(|in_flight| in_flight.sequences.len())
                .sum::<usize>();
        let known = u32::try_from(known).unwrap_or(u32::MAX);
        let limit = self.has_room().then(|| PAGE.saturating_add(known));
        async move {
            let lease_confirmed_at = match lease_confirmed_at.filter(|since| since.elapsed() < LEASE_RECHECK)
            {
                Some(since) => Ok(Some(since)),
                None => {
                    let now = Instant::now();
                    publisher.log.may_relay().await.map(|leads| leads.then_some(now))
                }
            };
            let read = match (&lease_confirmed_at, limit) {
                (Ok(Some(_)), Some(limit)) => publisher.read(backlog_end, limit).await.map(Some),
                _ => Ok(None),
            };
            Look {
                lease_confirmed_at,
                read,
            }
        }
        .boxed()
    }

    /// Begins with what was read.
    ///
    /// # Errors
    /// [`Unavailable`], when the log did not answer. Nothing is lost.
    pub fn take(&mut self, look: Look) -> Result<(), Unavailable> {
        match look.lease_confirmed_at {
            Ok(lease_confirmed_at) => self.lease_confirmed_at = lease_confirmed_at,
            Err(error) => {
                self.lease_confirmed_at = None;
                return Err(error);
            }
        }
        if !self.leads() {
            self.step_down();
            return Ok(());
        }
        let Some(Read {
            backlog_end,
            full_page,
            events,
        }) = look.read?
        else {
            return Ok(());
        };
        self.backlog_end = Some(backlog_end);
        let listed: HashSet<i64> = events.iter().map(|event| event.sequence).collect();
        // An event that the log no longer lists is marked. One that it still lists after this time has lost its mark, or was made
        // unpublished again.
        self.delivered
            .retain(|sequence, since| listed.contains(sequence) && since.elapsed() < MARK_PATIENCE);
        self.full_page = full_page;
        self.sort(events);
        self.begin();
        Ok(())
    }

    /// Waits until a group is finished, marks its events, and begins waiting groups. Returns whether a pending delivery was stored.
    pub async fn await_completions(&mut self) -> bool {
        let mut next = self.under_way.next().await;
        let (mut pending, mut sequences) = (false, Vec::new());
        // Groups that are finished by now are marked together.
        while let Some(finished) = next {
            pending |= finished.published.iter().any(|event| event.pending);
            self.end(finished, &mut sequences);
            next = self.under_way.next().now_or_never().flatten();
        }
        if !sequences.is_empty() {
            let now = Instant::now();
            self.delivered
                .extend(sequences.iter().map(|sequence| (*sequence, now)));
            self.publisher.log.mark_published(sequences);
        }
        self.begin();
        pending
    }

    /// Begins nothing more, and waits for what is under way.
    pub async fn finish(mut self) {
        self.waiting.clear();
        while self.is_under_way() {
            self.await_completions().await;
        }
    }

    /// The present leader marks what it delivers; deliveries of this process no longer count.
    fn step_down(&mut self) {
        for group in mem::take(&mut self.waiting) {
            self.in_flight.remove(&group.aggregate);
        }
        self.backlog_end = None;
        self.delivered.clear();
        self.leadership_epoch += 1;
    }

    /// Puts events into groups that wait. Further events of an aggregate that is in flight stay in the log.
    fn sort(&mut self, events: Vec<LoggedEvent>) {
        let mut fresh: HashMap<Aggregate, usize> = HashMap::new();
        let mut groups: Vec<Group> = Vec::new();
        for event in events {
            if self.delivered.contains_key(&event.sequence) {
                continue;
            }
            let aggregate = (event.envelope.aggregate_type.clone(), event.envelope.aggregate_id);
            if let Some(in_flight) = self.in_flight.get_mut(&aggregate) {
                in_flight.followed |= !in_flight.sequences.contains(&event.sequence);
                continue;
            }
            let place = *fresh.entry(aggregate.clone()).or_insert(groups.len());
            match groups.get_mut(place) {
                Some(group) => group.events.push(event),
                None => groups.push(Group {
                    aggregate,
                    events: vec![event],
                }),
            }
        }
        for mut group in groups {
            // Places in the log need not be in the order of versions.
            group.events.sort_by_key(|event| event.envelope.aggregate_version);
            let in_flight = InFlight {
                sequences: group.events.iter().map(|event| event.sequence).collect(),
                followed: false,
            };
            self.in_flight.insert(group.aggregate.clone(), in_flight);
            self.waiting.push_back(group);
        }
    }

    /// Begins waiting groups, as many as may be under way.
    fn begin(&mut self) {
        while self.under_way.len() < AGGREGATES_AT_ONCE {
            let Some(Group { aggregate, events }) = self.waiting.pop_front() else {
                return;
            };
            let publisher = Arc::clone(&self.publisher);
            let (leadership_epoch, backlog_end) =
                (self.leadership_epoch, self.backlog_end.unwrap_or(i64::MAX));
            self.under_way.push(
                async move {
                    let published = publisher.publish_in_order(events, backlog_end).await;
                    FinishedGroup {
                        aggregate,
                        leadership_epoch,
                        published,
                    }
                }
                .boxed(),
            );
        }
    }

    fn end(&mut self, finished: FinishedGroup, sequences: &mut Vec<i64>) {
        let in_flight = self.in_flight.remove(&finished.aggregate);
        if finished.published.is_empty() {
            return;
        }
        self.more |= self.full_page || in_flight.is_some_and(|in_flight| in_flight.followed);
        if finished.leadership_epoch == self.leadership_epoch {
            sequences.extend(finished.published.iter().map(|event| event.sequence));
        }
    }
}
