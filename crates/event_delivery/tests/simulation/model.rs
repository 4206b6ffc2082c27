//! What must always hold: checked at each effect, each call of a handler and each mark, and over everything at the end.

use event_delivery::PendingDelivery;
use message_bus::Delivery;
use shared_kernel::Version;

use crate::{
    processes::Processes,
    source_log::{Logged, aggregate_of, id_of},
    subscribers,
    trace::{About, What},
    world::State,
};

/// How long after a pause a handler may still be called for what was read before, in milliseconds.
const PAUSE_PATIENCE: u64 = 3_000;

impl State {
    /// Whether this consumer is to apply this event.
    fn is_for(&self, logged: &Logged, consumer: usize) -> bool {
        let begins_after = self.contexts[consumer].begins_after;
        logged.kind.is_taken_by(consumer)
            && begins_after.is_some_and(|sequence| {
                logged.renumbered > self.contexts[consumer].begun_in || logged.event.sequence > sequence
            })
            && !logged.missed[consumer]
    }

    /// How many consumers there are now.
    pub(crate) fn consumers(&self) -> usize {
        subscribers::NAMES.len() - usize::from(!self.last_joined)
    }

    /// Records where a consumer begins, unless that was recorded before. Returns where.
    pub(crate) fn begin_consumer(&mut self, consumer: usize, begins_after: i64) -> i64 {
        if let Some(recorded) = self.contexts[consumer].begins_after {
            return recorded;
        }
        self.note(What::ConsumerBegan, About::consumer(consumer).with(begins_after));
        for logged in self.log.events_mut() {
            logged.missed[consumer] = logged.pruned;
        }
        self.contexts[consumer].begins_after = Some(begins_after);
        self.contexts[consumer].begun_in = self.log.renumbered;
        begins_after
    }

    /// Whether a consumer misses this event because the transport broke its contract.
    pub(crate) fn is_still_missing(&self, place: usize) -> bool {
        let logged = &self.log.events()[place];
        let mut contexts = self.contexts.iter();
        contexts.any(|context| {
            logged.misplaced[context.number]
                && context.kept.position(id_of(logged.aggregate)) < Version::new(logged.version)
        })
    }

    /// The version of an aggregate that a consumer must apply next.
    pub(crate) fn next_for(&self, consumer: usize, aggregate: usize) -> Option<u32> {
        let seen = self.contexts[consumer].seen[aggregate];
        let mut versions = self.log.of_aggregate(aggregate);
        versions
            .find(|logged| logged.version > seen && self.is_for(logged, consumer))
            .map(|logged| logged.version)
    }

    /// An effect was committed: it must be the next one.
    pub(crate) fn check_effect(&mut self, consumer: usize, delivery: &Delivery) {
        let (aggregate, version) = (aggregate_of(delivery.aggregate_id), delivery.version.number());
        self.note(What::Applied, About::event(aggregate, version).at(consumer));
        let next = self.next_for(consumer, aggregate);
        if next != Some(version) {
            let (name, seen) = (
                subscribers::NAMES[consumer],
                self.contexts[consumer].seen[aggregate],
            );
            self.violated(|| {
                format!(
                    "{name} applied version {version} of aggregate {aggregate} after version {seen}, expected {next:?}"
                )
            });
        }
        self.contexts[consumer].seen[aggregate] = version;
    }

    /// A handler is called: its attempt must be counted, the consumer not paused, and nothing earlier pending.
    pub(crate) fn check_call(&mut self, consumer: usize, delivery: &Delivery, directly: bool) {
        let (aggregate, version) = (aggregate_of(delivery.aggregate_id), delivery.version.number());
        let context = &mut self.contexts[consumer];
        let name = subscribers::NAMES[consumer];
        let mut finding = None;
        if !directly {
            let calls = context.called_by_row.entry((aggregate, version)).or_default();
            *calls += 1;
            let row = context.kept.row(delivery.aggregate_id, delivery.version);
            let counted = row.map_or(0, |row| row.pending.attempts);
            if counted < *calls {
                finding = Some(format!("call {calls} where {counted} attempts are counted"));
            }
        }
        if context.paused_at.is_some_and(|at| at + PAUSE_PATIENCE < self.at) {
            finding = Some("a call, long after a pause".to_owned());
        }
        let position = context.kept.position(delivery.aggregate_id);
        let overtaken = context
            .kept
            .unfinished(delivery.aggregate_id)
            .map(|row| row.pending.delivery.version)
            .find(|pending| *pending < delivery.version && *pending > position);
        if let Some(overtaken) = overtaken {
            finding = Some(format!(
                "a call that overtakes version {overtaken}, which is held"
            ));
        }
        if let Some(finding) = finding {
            self.violated(|| format!("{name}, aggregate {aggregate} version {version}: {finding}"));
        }
    }

    /// An event ended the process that handled it: it must not do so too often.
    pub(crate) fn check_kill(&mut self, consumer: usize, delivery: &Delivery, directly: bool) {
        let (aggregate, version) = (aggregate_of(delivery.aggregate_id), delivery.version.number());
        let context = &mut self.contexts[consumer];
        let (kills, most) = if directly {
            // Each process can hand it over once without knowing that it ended another one.
            (
                &mut context.killed_directly,
                u32::try_from(Processes::MOST).unwrap(),
            )
        } else {
            (
                &mut context.killed_by_row,
                subscribers::limits(consumer).interruptions,
            )
        };
        let kills = kills.entry((aggregate, version)).or_default();
        *kills += 1;
        let kills = *kills;
        if kills > most {
            let name = subscribers::NAMES[consumer];
            self.violated(|| {
                format!("{name}: version {version} of aggregate {aggregate} ended the process {kills} times, expected at most {most}")
            });
        }
    }

    /// An event counts as published: each of its consumers must have applied it, or have a pending delivery of it.
    pub(crate) fn check_published(&mut self, place: usize) {
        let logged = &self.log.events()[place];
        let (aggregate, version) = (logged.aggregate, Version::new(logged.version));
        let lost_at = self.contexts.iter().find(|context| {
            self.is_for(logged, context.number)
                && !logged.misplaced[context.number]
                && context.kept.position(id_of(aggregate)) < version
                && context.kept.row(id_of(aggregate), version).is_none()
        });
        if let Some(context) = lost_at {
            let name = subscribers::NAMES[context.number];
            self.violated(|| {
                format!(
                    "version {version} of aggregate {aggregate} was marked, and {name} has no trace of it"
                )
            });
        }
    }

    /// What is left to do, as a sentence; `None` when everything is done.
    pub(crate) fn left(&self) -> Option<String> {
        let open = self
            .log
            .events()
            .iter()
            .find(|logged| logged.published_at.is_none());
        if let Some(logged) = open {
            return Some(format!(
                "version {} of aggregate {} is not published",
                logged.version, logged.aggregate
            ));
        }
        for context in &self.contexts {
            let name = subscribers::NAMES[context.number];
            if let Some(row) = context.kept.rows().find(|row| row.is_unfinished()) {
                let PendingDelivery {
                    delivery,
                    state,
                    last_error,
                    ..
                } = &row.pending;
                return Some(format!(
                    "{name} holds version {} of aggregate {} as {} ({last_error:?})",
                    delivery.version,
                    aggregate_of(delivery.aggregate_id),
                    state.name()
                ));
            }
            for aggregate in 0..context.seen.len() {
                if let Some(version) = self.next_for(context.number, aggregate) {
                    return Some(format!(
                        "{name} never applied version {version} of aggregate {aggregate}"
                    ));
                }
            }
        }
        None
    }
}
