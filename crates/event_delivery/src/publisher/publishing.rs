//! What one process has under way while it publishes. Each aggregate goes its own way: those that are through make room for others at
//! once, and wait for none.

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

/// Aggregates whose events are carried at the same time: enough for consumers to share commits.
const AGGREGATES_AT_ONCE: usize = 64;
/// How long a process that may publish does so without asking again: a third of the time for which it was told.
const LEAD: Duration = Duration::from_secs(1);
/// How long an event that was delivered may go unmarked until it is delivered again.
pub(super) const MARK_PATIENCE: Duration = Duration::from_secs(5);

/// Kind and id.
type Aggregate = (String, Uuid);

/// What a process remembers of its publishing. Correctness does not rest on it: the log's own rows and the consumers' positions say
/// what was done.
pub struct Publishing {
    publisher: Arc<Publisher>,
    /// When the process was last told that it is the one that publishes.
    led_since: Option<Instant>,
    /// Events up to here were found when it began to lead: one of them may have stopped the process that led before.
    found: Option<i64>,
    /// How often it ceased to lead. What was begun before the last time is not marked: whoever leads now does that.
    term: u64,
    /// Published, and since when, but the marks may not be committed yet.
    delivered: HashMap<i64, Instant>,
    /// Read, and not begun for want of room.
    waiting: VecDeque<Group>,
    /// Aggregates that are waiting or under way.
    taken: HashMap<Aggregate, Taken>,
    under_way: FuturesUnordered<BoxFuture<'static, Through>>,
    /// The log had more than was read last.
    full_page: bool,
    /// Something got on, so that there may be more to publish.
    more: bool,
}

/// Events of one aggregate, oldest first.
struct Group {
    aggregate: Aggregate,
    events: Vec<LoggedEvent>,
}

struct Taken {
    sequences: Vec<i64>,
    /// Later events of the aggregate were seen, and left for the next look.
    followed: bool,
}

/// A group that is through: its events are published, or the first of them that could not be stopped the others.
struct Through {
    aggregate: Aggregate,
    term: u64,
    published: Vec<Published>,
}

/// What was found in the log.
pub struct Look {
    /// When the process was told that it is the one that publishes, if it is.
    led_since: Result<Option<Instant>, Unavailable>,
    read: Result<Option<Read>, Unavailable>,
}

pub(super) struct Read {
    pub(super) found: i64,
    /// The log has more than was read.
    pub(super) full_page: bool,
    pub(super) events: Vec<LoggedEvent>,
}

impl Publishing {
    /// Begins, leading nothing yet.
    pub fn new(publisher: Arc<Publisher>) -> Self {
        Self {
            publisher,
            led_since: None,
            found: None,
            term: 0,
            delivered: HashMap::new(),
            waiting: VecDeque::new(),
            taken: HashMap::new(),
            under_way: FuturesUnordered::new(),
            full_page: false,
            more: false,
        }
    }

    /// Whether this process is the one that publishes, as far as it knows.
    pub const fn leads(&self) -> bool {
        self.led_since.is_some()
    }

    /// Whether something is being handed over.
    pub fn is_under_way(&self) -> bool {
        !self.under_way.is_empty()
    }

    /// Whether what the log has could be begun.
    pub fn has_room(&self) -> bool {
        self.waiting.is_empty() && self.under_way.len() < AGGREGATES_AT_ONCE
    }

    /// Whether it makes sense to look again at once.
    pub const fn has_more(&self) -> bool {
        self.more
    }

    /// Looks into the log, as far as there is room, and asks for the lead when it is time. What is under way goes on meanwhile.
    pub fn look(&mut self) -> BoxFuture<'static, Look> {
        self.more = false;
        let publisher = Arc::clone(&self.publisher);
        let (led_since, found) = (self.led_since, self.found);
        let known = self.delivered.len()
            + self
                .taken
                .values()
                .map(|taken| taken.sequences.len())
                .sum::<usize>();
        let known = u32::try_from(known).unwrap_or(u32::MAX);
        let limit = self.has_room().then(|| PAGE.saturating_add(known));
        async move {
            let led_since = match led_since.filter(|since| since.elapsed() < LEAD) {
                Some(since) => Ok(Some(since)),
                None => {
                    let now = Instant::now();
                    publisher.log.may_relay().await.map(|leads| leads.then_some(now))
                }
            };
            let read = match (&led_since, limit) {
                (Ok(Some(_)), Some(limit)) => publisher.read(found, limit).await.map(Some),
                _ => Ok(None),
            };
            Look { led_since, read }
        }
        .boxed()
    }

    /// Begins with what was found.
    ///
    /// # Errors
    /// [`Unavailable`], when the log did not answer. Nothing is lost.
    pub fn take(&mut self, look: Look) -> Result<(), Unavailable> {
        match look.led_since {
            Ok(led_since) => self.led_since = led_since,
            Err(error) => {
                self.led_since = None;
                return Err(error);
            }
        }
        if !self.leads() {
            self.resign();
            return Ok(());
        }
        let Some(Read {
            found,
            full_page,
            events,
        }) = look.read?
        else {
            return Ok(());
        };
        self.found = Some(found);
        let listed: HashSet<i64> = events.iter().map(|event| event.sequence).collect();
        // Whatever the log no longer lists has been marked. What it lists for long has lost its mark, or was driven again after it.
        self.delivered
            .retain(|sequence, since| listed.contains(sequence) && since.elapsed() < MARK_PATIENCE);
        self.full_page = full_page;
        self.sort(events);
        self.begin();
        Ok(())
    }

    /// Waits until something is through, marks it, and begins what waited for room. Says whether a consumer was given rows.
    pub async fn settle(&mut self) -> bool {
        let mut next = self.under_way.next().await;
        let (mut held, mut sequences) = (false, Vec::new());
        // What is through by now is marked together.
        while let Some(through) = next {
            held |= through.published.iter().any(|event| event.held);
            self.end(through, &mut sequences);
            next = self.under_way.next().now_or_never().flatten();
        }
        if !sequences.is_empty() {
            let now = Instant::now();
            self.delivered
                .extend(sequences.iter().map(|sequence| (*sequence, now)));
            self.publisher.log.mark_published(sequences);
        }
        self.begin();
        held
    }

    /// Begins nothing more, and waits for what is under way.
    pub async fn finish(mut self) {
        self.waiting.clear();
        while self.is_under_way() {
            self.settle().await;
        }
    }

    /// Whoever leads now marks what it delivers; nothing that was delivered from here counts any more.
    fn resign(&mut self) {
        for group in mem::take(&mut self.waiting) {
            self.taken.remove(&group.aggregate);
        }
        self.found = None;
        self.delivered.clear();
        self.term += 1;
    }

    /// Puts events into groups that wait. What an aggregate that is taken has besides waits in the log.
    fn sort(&mut self, events: Vec<LoggedEvent>) {
        let mut fresh: HashMap<Aggregate, usize> = HashMap::new();
        let mut groups: Vec<Group> = Vec::new();
        for event in events {
            if self.delivered.contains_key(&event.sequence) {
                continue;
            }
            let aggregate = (event.envelope.aggregate_type.clone(), event.envelope.aggregate_id);
            if let Some(taken) = self.taken.get_mut(&aggregate) {
                taken.followed |= !taken.sequences.contains(&event.sequence);
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
            let taken = Taken {
                sequences: group.events.iter().map(|event| event.sequence).collect(),
                followed: false,
            };
            self.taken.insert(group.aggregate.clone(), taken);
            self.waiting.push_back(group);
        }
    }

    /// Begins what waits, as far as there is room.
    fn begin(&mut self) {
        while self.under_way.len() < AGGREGATES_AT_ONCE {
            let Some(Group { aggregate, events }) = self.waiting.pop_front() else {
                return;
            };
            let publisher = Arc::clone(&self.publisher);
            let (term, found) = (self.term, self.found.unwrap_or(i64::MAX));
            self.under_way.push(
                async move {
                    let published = publisher.publish_in_order(events, found).await;
                    Through {
                        aggregate,
                        term,
                        published,
                    }
                }
                .boxed(),
            );
        }
    }

    fn end(&mut self, through: Through, sequences: &mut Vec<i64>) {
        let taken = self.taken.remove(&through.aggregate);
        if through.published.is_empty() {
            return;
        }
        self.more |= self.full_page || taken.is_some_and(|taken| taken.followed);
        if through.term == self.term {
            sequences.extend(through.published.iter().map(|event| event.sequence));
        }
    }
}
