//! The known bugs that a debug build can be started with, for the tests that kill servers and cut power. A release build has none.

use std::sync::Arc;

use event_delivery::EventLog;
use storage::ContextDatabase;

use crate::failure::Failure;

/// Switches on the bug that `ORDERLY_CANARY` names, if it names one.
#[cfg(debug_assertions)]
pub(crate) fn switch_on() -> Result<(), Failure> {
    use storage::canary::KnownBug;

    let Some(name) = crate::settings::known_bug_from_environment() else {
        return Ok(());
    };
    let bug = KnownBug::named(&name).ok_or_else(|| {
        let names = KnownBug::NAMES.map(|(name, _)| name).join(", ");
        Failure::usage(format!("ORDERLY_CANARY is {name:?}: expected one of {names}"))
    })?;
    bug.switch_on();
    Ok(())
}

#[cfg(not(debug_assertions))]
pub(crate) fn switch_on() -> Result<(), Failure> {
    Ok(())
}

/// A context's event log, as its relay reads it.
#[cfg(not(debug_assertions))]
pub(crate) fn log_of(database: &Arc<dyn ContextDatabase>) -> Arc<dyn EventLog> {
    Arc::clone(database) as _
}

/// A context's event log, as its relay reads it.
#[cfg(debug_assertions)]
pub(crate) fn log_of(database: &Arc<dyn ContextDatabase>) -> Arc<dyn EventLog> {
    if storage::canary::KnownBug::RelayByCursor.is_on() {
        return Arc::new(relay_by_cursor::LogWithCursor::over(Arc::clone(database) as _));
    }
    Arc::clone(database) as _
}

/// A relay that reads on from the last sequence that it has seen, and begins where the log ends.
#[cfg(debug_assertions)]
mod relay_by_cursor {
    use std::sync::{Arc, Mutex, PoisonError};

    use async_trait::async_trait;
    use event_delivery::{EventLog, History, LoggedEvent, Missing};
    use message_bus::Unavailable;
    use shared_kernel::Version;
    use uuid::Uuid;

    pub(super) struct LogWithCursor {
        log: Arc<dyn EventLog>,
        cursor: Mutex<Option<i64>>,
    }

    impl LogWithCursor {
        pub(super) const fn over(log: Arc<dyn EventLog>) -> Self {
            Self {
                log,
                cursor: Mutex::new(None),
            }
        }
    }

    #[async_trait]
    impl EventLog for LogWithCursor {
        fn source(&self) -> &'static str {
            self.log.source()
        }

        async fn may_relay(&self) -> Result<bool, Unavailable> {
            self.log.may_relay().await
        }

        async fn unpublished(&self, limit: u32) -> Result<Vec<LoggedEvent>, Unavailable> {
            let mut events = self.log.unpublished(limit).await?;
            let end = events.iter().map(|event| event.sequence).max().unwrap_or(0);
            let mut cursor = self.cursor.lock().unwrap_or_else(PoisonError::into_inner);
            let seen = cursor.unwrap_or(end);
            events.retain(|event| event.sequence > seen);
            *cursor = Some(end.max(seen));
            Ok(events)
        }

        async fn history(
            &self,
            aggregate_type: String,
            aggregate_id: Uuid,
            version: Version,
        ) -> Result<History, Unavailable> {
            self.log.history(aggregate_type, aggregate_id, version).await
        }

        fn mark_published(&self, sequences: Vec<i64>) {
            self.log.mark_published(sequences);
        }

        async fn committed(&self) {
            self.log.committed().await;
        }

        async fn last_sequence(&self) -> Result<i64, Unavailable> {
            self.log.last_sequence().await
        }

        async fn publish_again(&self, event_types: Vec<String>) -> Result<(), Unavailable> {
            self.log.publish_again(event_types).await
        }

        async fn republish_gap(&self, missing: Missing) -> Result<bool, Unavailable> {
            self.log.republish_gap(missing).await
        }
    }
}
