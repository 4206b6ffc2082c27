//! An event log in memory.

use std::sync::{Mutex, MutexGuard};

use async_trait::async_trait;
use message_bus::{Actor, CommandMeta, Envelope, NewEvent, Unavailable};
use shared_kernel::{
    Clock, EventId, UserId, Version,
    events::UserDeactivated,
    in_memory::{CountingIds, ManualClock},
};
use uuid::Uuid;

use crate::{EventLog, History, LoggedEvent, Missing, PastEvent};

/// An event of the log, and whether it is marked as published.
pub(super) struct Row {
    pub(super) event: LoggedEvent,
    pub(super) published: bool,
}

/// A log in memory.
#[derive(Default)]
pub(super) struct Log {
    pub(super) rows: Mutex<Vec<Row>>,
    /// Marks are lost.
    pub(super) loses_marks: Mutex<bool>,
    /// Another process has the lease.
    pub(super) leads_elsewhere: Mutex<bool>,
    /// How often the lease was checked.
    asked: Mutex<u32>,
    pub(super) driven: Mutex<Vec<Missing>>,
}

impl Log {
    pub(super) fn rows(&self) -> MutexGuard<'_, Vec<Row>> {
        self.rows.lock().unwrap()
    }

    /// Commits a version of a user at this place of the log.
    pub(super) fn commit(&self, sequence: i64, user: u128, version: u32) {
        let event = UserDeactivated {
            user_id: UserId::new(Uuid::from_u128(user)),
        };
        let event = NewEvent::delivered(&event, Uuid::from_u128(user), Version::new(version)).unwrap();
        self.append(sequence, event);
    }

    pub(super) fn append(&self, sequence: i64, event: NewEvent) {
        let now = ManualClock::default().now();
        let meta = CommandMeta::new(Actor::Operator, now, &CountingIds::default());
        let event_id = EventId::new(Uuid::from_u128(sequence.unsigned_abs().into()));
        let envelope = Envelope::new(event, event_id, "accounts", &meta);
        self.rows().push(Row {
            event: LoggedEvent { sequence, envelope },
            published: false,
        });
    }

    pub(super) fn published(&self) -> Vec<i64> {
        let rows = self.rows();
        let published = rows.iter().filter(|row| row.published);
        published.map(|row| row.event.sequence).collect()
    }

    pub(super) fn asked(&self) -> u32 {
        *self.asked.lock().unwrap()
    }

    pub(super) fn forget(&self, sequence: i64) {
        self.rows().retain(|row| row.event.sequence != sequence);
    }
}

#[async_trait]
impl EventLog for Log {
    fn source(&self) -> &'static str {
        "accounts"
    }

    async fn may_relay(&self) -> Result<bool, Unavailable> {
        *self.asked.lock().unwrap() += 1;
        Ok(!*self.leads_elsewhere.lock().unwrap())
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

    async fn republish_gap(&self, missing: Missing) -> Result<bool, Unavailable> {
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
