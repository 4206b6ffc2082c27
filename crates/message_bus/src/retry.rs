//! Deciding again after a conflict.

use std::time::Duration;

use serde::de::DeserializeOwned;
use shared_kernel::IdGenerator;

use crate::{CommandMeta, CommitError, Conflict, UseCaseError, command_log};

/// How often a command is decided again after a conflict.
const RETRIES: u32 = 3;
/// The longest pause before deciding again; the other command has already committed.
const LONGEST_PAUSE_MICROSECONDS: u64 = 5_000;

/// How one try of a use case ended without success.
#[derive(Debug)]
pub enum UseCaseFailure {
    /// The use case's own answer, which is final.
    Failed(UseCaseError),
    /// The commit's answer, which may allow another try.
    NotCommitted(CommitError),
}

impl<E: Into<UseCaseError>> From<E> for UseCaseFailure {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

impl From<CommitError> for UseCaseFailure {
    fn from(error: CommitError) -> Self {
        Self::NotCommitted(error)
    }
}

/// Runs `attempt` (load, decide, commit) and runs it again after a conflict: three times with jitter, unless
/// the caller stated a version. A repetition of a command that is in the command log gets the recorded
/// answer.
///
/// Unique indexes other than the command log's mean something only to the use case: it turns
/// [`CommitError::AlreadyExists`] into its own error before it gets here.
///
/// # Errors
/// The use case's own, or [`Conflict::OthersWereFaster`].
pub async fn retry_on_conflict<T, F>(
    meta: &CommandMeta,
    ids: &dyn IdGenerator,
    mut attempt: impl FnMut() -> F,
) -> Result<T, UseCaseError>
where
    T: DeserializeOwned,
    F: Future<Output = Result<T, UseCaseFailure>>,
{
    let mut tries = 0;
    loop {
        let error = match attempt().await {
            Ok(answer) => return Ok(answer),
            Err(UseCaseFailure::Failed(error)) => return Err(error),
            Err(UseCaseFailure::NotCommitted(error)) => error,
        };
        match error {
            // If the caller stated a version, the next try finds the newer one and answers with it.
            CommitError::VersionConflict if tries < RETRIES || meta.expected_version.is_some() => tries += 1,
            CommitError::VersionConflict => return Err(Conflict::OthersWereFaster.into()),
            CommitError::AlreadyDone { result } => {
                return command_log::view(&result);
            }
            CommitError::ReplayKeyReused => {
                return Err(command_log::key_reused());
            }
            CommitError::Unavailable(unavailable) => return Err(unavailable.into()),
            // The dispatcher reads the consumer's progress again, and finds a duplicate or a gap there.
            CommitError::AlreadyApplied | CommitError::DeliveryGap { .. } => {
                return Err(Conflict::OthersWereFaster.into());
            }
            CommitError::AlreadyExists { .. } | CommitError::ConstraintBroken { .. } => {
                return Err(UseCaseError::defect(error));
            }
        }
        let [a, b, ..] = ids.random_bytes();
        let pause = u64::from(u16::from_le_bytes([a, b])) % LONGEST_PAUSE_MICROSECONDS;
        tokio::time::sleep(Duration::from_micros(pause)).await;
    }
}
