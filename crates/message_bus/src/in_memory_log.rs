//! What every context's fake keeps beside its own data: the event log, the consumers' positions and the command log.

use std::collections::BTreeMap;

use shared_kernel::Version;
use uuid::Uuid;

use crate::{CommitError, Delivery, Envelope, Recorded, Replay, ReplayRecord, WriteSet};

/// Events, positions and commands that may be repeated, in memory.
#[derive(Clone, Debug, Default)]
pub struct InMemoryLog {
    events: Vec<Envelope>,
    positions: BTreeMap<(&'static str, Uuid), Version>,
    commands: BTreeMap<String, ReplayRecord>,
}

impl InMemoryLog {
    /// The events, oldest first.
    pub fn events(&self) -> Vec<Envelope> {
        self.events.clone()
    }

    /// The version of the last event of the delivery's aggregate that its consumer applied.
    pub fn position(&self, delivery: &Delivery) -> Version {
        let position = self.positions.get(&(delivery.consumer, delivery.aggregate_id));
        position.copied().unwrap_or_default()
    }

    /// What is recorded under a key.
    pub fn recorded(&self, replay: &Replay) -> Recorded {
        match self.commands.get(&replay.key) {
            None => Recorded::Nothing,
            Some(first) if first.replay == *replay => Recorded::Answer(first.result.clone()),
            Some(_) => Recorded::AnotherRequest,
        }
    }

    /// Commits a write set except for the context's own changes, which it returns. When it fails, part of the write set may
    /// be committed: so callers run it on a copy, and then drop that.
    ///
    /// # Errors
    /// The [`CommitError`] that a database would answer.
    pub fn commit<C>(&mut self, write_set: WriteSet<C>) -> Result<C, CommitError> {
        for delivery in &write_set.deliveries {
            self.move_position(delivery)?;
        }
        if let Some(replay) = write_set.replay {
            self.record(replay)?;
        }
        let events = write_set.events.into_iter().map(|(envelope, _)| envelope);
        self.events.extend(events);
        Ok(write_set.changes)
    }

    fn move_position(&mut self, delivery: &Delivery) -> Result<(), CommitError> {
        let position = self.position(delivery);
        if delivery.version <= position {
            return Err(CommitError::AlreadyApplied);
        }
        if delivery.previous_version > position {
            return Err(CommitError::DeliveryGap {
                position,
                previous: delivery.previous_version,
            });
        }
        let place = (delivery.consumer, delivery.aggregate_id);
        self.positions.insert(place, delivery.version);
        Ok(())
    }

    fn record(&mut self, record: ReplayRecord) -> Result<(), CommitError> {
        match self.recorded(&record.replay) {
            Recorded::Nothing => {
                self.commands.insert(record.replay.key.clone(), record);
                Ok(())
            }
            Recorded::Answer(result) => Err(CommitError::AlreadyDone { result }),
            Recorded::AnotherRequest => Err(CommitError::ReplayKeyReused),
        }
    }
}

/// Compares what a fake has stored with what was loaded: a new row must not exist, and a changed one must be at the version that
/// was loaded.
///
/// # Errors
/// The [`CommitError`] that a database would answer.
pub fn check_loaded_version(
    stored: Option<Version>,
    loaded: Version,
    primary_key: &str,
) -> Result<(), CommitError> {
    match (stored, loaded) {
        (Some(_), Version::NEVER_STORED) => Err(CommitError::AlreadyExists {
            constraint: primary_key.to_owned(),
        }),
        (stored, loaded) if stored.unwrap_or_default() == loaded => Ok(()),
        _ => Err(CommitError::VersionConflict),
    }
}
