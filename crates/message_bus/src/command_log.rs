//! Repeated commands: a caller who repeats a key gets the first answer again.

use async_trait::async_trait;
use serde::de::DeserializeOwned;
use shared_kernel::{Refusal, RefusalKind};

use crate::{Replay, Unavailable, UseCaseError};

/// What the command log holds under a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// Nothing: no command with this key was committed.
    Nothing,
    /// A command with this key and this fingerprint was committed, and this was its view, as JSON.
    Answer(String),
    /// A command with this key but with another fingerprint was committed.
    AnotherRequest,
}

/// Where a context keeps the commands that may be repeated.
#[async_trait]
pub trait CommandLog: Send + Sync {
    /// Looks a key up.
    ///
    /// # Errors
    /// [`Unavailable`] when the store does not answer.
    async fn recorded(&self, replay: &Replay) -> Result<Recorded, Unavailable>;
}

/// A context whose commands may be repeated.
pub trait LogsCommands {
    /// Its command log.
    fn command_log(&self) -> &dyn CommandLog;
}

/// The view that a command with this key was answered with, if one was committed.
///
/// # Errors
/// `idempotency_key_reused` when the key was used for another request.
pub async fn answered_before<V: DeserializeOwned>(
    log: &dyn CommandLog,
    replay: &Replay,
) -> Result<Option<V>, UseCaseError> {
    match log.recorded(replay).await? {
        Recorded::Nothing => Ok(None),
        Recorded::Answer(result) => view(&result).map(Some),
        Recorded::AnotherRequest => Err(key_reused()),
    }
}

/// A recorded view.
pub(crate) fn view<V: DeserializeOwned>(result: &str) -> Result<V, UseCaseError> {
    serde_json::from_str(result).map_err(UseCaseError::defect)
}

/// The refusal of a key that was used for another request.
pub(crate) fn key_reused() -> UseCaseError {
    let detail = "found a key that was used for another request, expected a new one";
    Refusal::new(RefusalKind::Value, "idempotency_key_reused", &detail).into()
}
