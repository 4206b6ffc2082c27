//! A context's event log, as its publisher uses it.

use async_trait::async_trait;
use message_bus::{Consumer, Envelope, Unavailable};
use shared_kernel::Version;
use uuid::Uuid;

/// An event in the log.
#[derive(Clone, Debug, PartialEq)]
pub struct LoggedEvent {
    /// Its place in the log. SQLite gives places in the order of commits, but not every engine does: never
    /// conclude from one row's place that another row was seen.
    pub sequence: i64,
    /// The event.
    pub envelope: Envelope,
}

/// One earlier event of an aggregate: enough to find what a consumer should have applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastEvent {
    /// The version it led to.
    pub version: Version,
    /// Its type.
    pub event_type: String,
    /// Its place in the log.
    pub sequence: i64,
}

/// The earlier events of one aggregate, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History(pub Vec<PastEvent>);

impl History {
    /// The last earlier version whose event `consumer` takes, counting from where it began.
    pub fn previous_version(&self, consumer: &Consumer, begins_after: i64) -> Version {
        self.0
            .iter()
            .find(|past| past.sequence > begins_after && consumer.takes(&past.event_type))
            .map_or(Version::NEVER_STORED, |past| past.version)
    }
}

/// A context's event log.
#[async_trait]
pub trait EventLog: Send + Sync {
    /// The context's name.
    fn source(&self) -> &'static str;

    /// Whether this process relays these events now. To be asked again and again: where several processes serve one database, the
    /// answer is valid for a few seconds.
    async fn may_relay(&self) -> Result<bool, Unavailable>;

    /// The oldest `limit` events that are to be published and are not, in order.
    async fn unpublished(&self, limit: u32) -> Result<Vec<LoggedEvent>, Unavailable>;

    /// The events of an aggregate before `version`.
    async fn history(
        &self,
        aggregate_type: String,
        aggregate_id: Uuid,
        version: Version,
    ) -> Result<History, Unavailable>;

    /// Marks events as published, soon: the marks are written with the next batch, or alone when none comes.
    /// If they are lost, the events are delivered again, which changes nothing.
    fn mark_published(&self, sequences: Vec<i64>);

    /// Resolves when something to publish was committed since the last call, by this process.
    async fn committed(&self);

    /// The largest sequence given so far; 0 in an empty log.
    async fn last_sequence(&self) -> Result<i64, Unavailable>;

    /// Makes published events of these types unpublished again, for a consumer that begins with the start of the log.
    /// For other consumers they are duplicates.
    async fn publish_again(&self, event_types: Vec<String>) -> Result<(), Unavailable>;

    /// Makes events of one aggregate unpublished again, for a consumer that did not get them. Returns whether the log still has the last of them.
    async fn republish_gap(&self, missing: Missing) -> Result<bool, Unavailable>;
}

/// What a consumer waits for: the events of one aggregate between two versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Kind of aggregate.
    pub aggregate_type: String,
    /// Which aggregate.
    pub aggregate_id: Uuid,
    /// The consumer's position.
    pub after: Version,
    /// The version whose event it must apply before it can go on to its pending deliveries.
    pub up_to: Version,
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use message_bus::{Beginning, CommandMeta, ReactsTo, UseCaseError};
    use shared_kernel::events::{UserDeactivated, UserReactivated};

    use super::*;
    struct Nothing;

    impl ReactsTo<UserDeactivated> for Nothing {
        async fn react(&self, _: UserDeactivated, _: CommandMeta) -> Result<(), UseCaseError> {
            Ok(())
        }
    }

    impl ReactsTo<UserReactivated> for Nothing {
        async fn react(&self, _: UserReactivated, _: CommandMeta) -> Result<(), UseCaseError> {
            Ok(())
        }
    }

    fn history(types: &[&str]) -> History {
        let newest_first = types
            .iter()
            .enumerate()
            .rev()
            .map(|(index, event_type)| PastEvent {
                version: Version::new(u32::try_from(index).unwrap() + 1),
                event_type: (*event_type).to_owned(),
                sequence: i64::try_from(index).unwrap() + 101,
            });
        History(newest_first.collect())
    }

    #[test]
    fn the_previous_version_is_the_last_one_that_the_consumer_takes() {
        let consumer = Consumer::new("test.users", "test", "accounts", Beginning::StartOfTheLog)
            .on::<UserDeactivated, _>(&Arc::new(Nothing));
        let past = history(&["UserAccountCreated", "UserDeactivated", "UserPasswordChanged"]);
        assert_eq!(past.previous_version(&consumer, 0), Version::new(2));
        assert_eq!(past.previous_version(&consumer, 102), Version::NEVER_STORED);
        assert_eq!(
            History::default().previous_version(&consumer, 0),
            Version::NEVER_STORED
        );
    }
}
