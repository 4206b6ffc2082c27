//! The content of an engine's event log, in a form that each of them has.

use std::sync::Arc;

use event_delivery::EventLog;
use message_bus::Envelope;
use shared_kernel::Version;
use uuid::Uuid;

/// More unpublished events than any contract makes.
const MANY: u32 = 1_000;

/// An engine's event log.
pub(crate) enum EventHistory {
    /// A database's: storage reads it.
    Logged(Arc<dyn EventLog>),
    /// A fake's: all envelopes, oldest first.
    Remembered(Box<dyn Fn() -> Vec<Envelope> + Send + Sync>),
}

impl EventHistory {
    /// The events of one aggregate, oldest first: the version that each led to, and its type.
    pub(crate) async fn of(&self, aggregate_type: &str, id: Uuid) -> Vec<(u32, String)> {
        match self {
            Self::Logged(log) => {
                let end = Version::new(u32::MAX);
                let newest_first = log.history(aggregate_type.to_owned(), id, end).await.unwrap().0;
                newest_first
                    .into_iter()
                    .rev()
                    .map(|past| (past.version.number(), past.event_type))
                    .collect()
            }
            Self::Remembered(events) => events()
                .into_iter()
                .filter(|event| event.aggregate_type == aggregate_type && event.aggregate_id == id)
                .map(|event| (event.aggregate_version.number(), event.event_type))
                .collect(),
        }
    }

    /// The one event of this type, with its metadata. On a database it is read from the outbox, so it must be one
    /// that is delivered.
    pub(crate) async fn only(&self, event_type: &str) -> Envelope {
        let envelopes: Vec<Envelope> = match self {
            Self::Logged(log) => {
                let unpublished = log.unpublished(MANY).await.unwrap();
                unpublished.into_iter().map(|event| event.envelope).collect()
            }
            Self::Remembered(events) => events(),
        };
        let mut found = envelopes
            .into_iter()
            .filter(|event| event.event_type == event_type);
        let event = found.next().unwrap_or_else(|| panic!("found no {event_type}"));
        assert_eq!(found.next(), None, "found more than one {event_type}");
        event
    }
}

/// A history as tests write it down.
pub(crate) fn history(events: &[(u32, &str)]) -> Vec<(u32, String)> {
    events
        .iter()
        .map(|(version, event_type)| (*version, (*event_type).to_owned()))
        .collect()
}
