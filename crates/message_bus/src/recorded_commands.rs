//! A command log in memory, for the fakes of every context.

use std::collections::BTreeMap;

use crate::{CommitError, Recorded, Replay, ReplayRecord};

/// Commands that may be repeated, by key.
#[derive(Clone, Debug, Default)]
pub struct RecordedCommands(BTreeMap<String, ReplayRecord>);

impl RecordedCommands {
    /// Records a command, unless its key is taken.
    ///
    /// # Errors
    /// [`CommitError::AlreadyDone`] when the same command was recorded, [`CommitError::ReplayKeyReused`] when another was.
    pub fn record(&mut self, record: ReplayRecord) -> Result<(), CommitError> {
        match self.recorded(&record.replay) {
            Recorded::Nothing => {
                self.0.insert(record.replay.key.clone(), record);
                Ok(())
            }
            Recorded::Answer(result) => Err(CommitError::AlreadyDone { result }),
            Recorded::AnotherRequest => Err(CommitError::ReplayKeyReused),
        }
    }

    /// What is known about a key.
    pub fn recorded(&self, replay: &Replay) -> Recorded {
        match self.0.get(&replay.key) {
            None => Recorded::Nothing,
            Some(first) if first.replay == *replay => Recorded::Answer(first.result.clone()),
            Some(_) => Recorded::AnotherRequest,
        }
    }
}
