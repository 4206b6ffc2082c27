//! A test's time and ids, and the meta of its commands.

use std::sync::Arc;

use message_bus::{Actor, CommandMeta, Delivery, Replay};
use shared_kernel::{
    Clock, EventId, IdGenerator, Role, Timestamp, UserId, Version,
    in_memory::{CountingIds, ManualClock},
};
use uuid::Uuid;

/// A clock that is moved by hand and ids that count up. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Seams {
    clock: Arc<ManualClock>,
    ids: Arc<CountingIds>,
}

impl Seams {
    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        self.clock.clone()
    }

    pub(crate) fn ids(&self) -> Arc<dyn IdGenerator> {
        self.ids.clone()
    }

    pub(crate) fn source_of_ids(&self) -> &dyn IdGenerator {
        self.ids.as_ref()
    }

    pub(crate) fn next_id(&self) -> Uuid {
        self.ids.next_id()
    }

    pub(crate) fn random_bytes(&self) -> [u8; 32] {
        self.ids.random_bytes()
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn advance_seconds(&self, seconds: i64) {
        self.clock.advance_seconds(seconds);
    }

    /// The meta of a command by the operator.
    pub(crate) fn meta(&self) -> CommandMeta {
        CommandMeta::new(Actor::Operator, self.now(), self.ids.as_ref())
    }

    /// The same, for a user who is logged in as a customer.
    pub(crate) fn by(&self, id: UserId) -> CommandMeta {
        let role = Role::Customer;
        CommandMeta {
            actor: Actor::User { id, role },
            ..self.meta()
        }
    }

    /// Of a command that the caller may repeat under `key`.
    pub(crate) fn with_key(&self, key: &str, fingerprint: u8) -> CommandMeta {
        CommandMeta {
            replay: Some(Replay {
                key: key.to_owned(),
                fingerprint: [fingerprint; 32],
            }),
            ..self.meta()
        }
    }

    /// Of a command by which a consumer reacts to version `version` of something, having seen `previous` before.
    pub(crate) fn reacting(&self, aggregate_id: Uuid, version: u32, previous: u32) -> CommandMeta {
        let consumer = "test.things";
        CommandMeta {
            actor: Actor::Consumer(consumer),
            delivery: Some(Delivery {
                consumer,
                event_id: EventId::new(self.next_id()),
                aggregate_id,
                version: Version::new(version),
                previous_version: Version::new(previous),
            }),
            ..self.meta()
        }
    }
}
