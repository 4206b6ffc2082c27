//! One event on its way to one consumer, and why its handler did not apply it.

use shared_kernel::{EventId, Version};
use uuid::Uuid;

use crate::{Conflict, Unavailable, UseCaseError};

/// One event on its way to one consumer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The consumer's name.
    pub consumer: &'static str,
    /// The event.
    pub event_id: EventId,
    /// The aggregate the event is about.
    pub aggregate_id: Uuid,
    /// The version that the event led to: the consumer's position once it is applied.
    pub version: Version,
    /// The last earlier version whose event this consumer takes; `NEVER_STORED` when there is none.
    pub previous_version: Version,
}

/// Why a handler did not apply an event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HandlingError {
    /// A fault that may pass soon.
    #[error("transient: {0}")]
    Transient(String),
    /// A fault that no further attempt removes.
    #[error("permanent: {0}")]
    Permanent(String),
    /// Another command changed the same aggregate; reload and decide again.
    #[error("conflict: {0}")]
    Conflict(String),
}

impl From<UseCaseError> for HandlingError {
    fn from(error: UseCaseError) -> Self {
        let message = with_causes(&error);
        match error {
            UseCaseError::Refused(_)
            | UseCaseError::NotFound(_)
            | UseCaseError::Unavailable(Unavailable::ValueRefused(_)) => Self::Permanent(message),
            UseCaseError::Conflict(Conflict::StaleVersion { .. } | Conflict::OthersWereFaster) => {
                Self::Conflict(message)
            }
            UseCaseError::Unavailable(_) => Self::Transient(message),
        }
    }
}

/// An error and what caused it, as one line. A cause that the error's own message ends with is not repeated.
fn with_causes(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        let text = next.to_string();
        if !line.ends_with(&text) {
            line = format!("{line}: {text}");
        }
        cause = next.source();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_told_with_its_causes_each_once() {
        #[derive(Debug, thiserror::Error)]
        #[error("cannot send")]
        struct CannotSend(#[source] std::io::Error);
        let refused = std::io::Error::other("connection refused");
        let error = UseCaseError::Unavailable(Unavailable::Dependency(Box::new(CannotSend(refused))));
        assert_eq!(
            HandlingError::from(error),
            HandlingError::Transient("a dependency failed: cannot send: connection refused".to_owned())
        );
    }
}
