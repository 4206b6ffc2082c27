//! An aggregate root's identity, version and new events.

use crate::Version;

/// The one entity of an aggregate that others may hold and change.
///
/// An aggregate counts its changes: each raises its version by one and one event, so that
/// version and event log can never disagree.
pub trait AggregateRoot {
    /// The aggregate's identity. Two roots are the same one when their ids are equal.
    type Id: Copy + Eq;
    /// What can have happened to the aggregate.
    type Event;

    /// Its identity.
    fn id(&self) -> Self::Id;

    /// Its version and what happened since it was loaded.
    fn changes(&self) -> &Changes<Self::Event>;

    /// The version with all its changes, committed or not.
    fn version(&self) -> Version {
        self.changes().version()
    }
}

/// The version an aggregate was loaded at, and the events raised since then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes<E> {
    loaded: Version,
    events: Vec<E>,
}

impl<E> Changes<E> {
    /// Of an aggregate that was never stored.
    pub const fn of_a_new_aggregate() -> Self {
        Self::since(Version::NEVER_STORED)
    }

    /// Of an aggregate loaded at `version`.
    pub const fn since(version: Version) -> Self {
        Self {
            loaded: version,
            events: Vec::new(),
        }
    }

    /// Records one change: one event, one version more.
    pub fn raise(&mut self, event: E) {
        self.events.push(event);
    }

    /// The version the store is expected to hold when these changes are committed.
    pub const fn loaded_version(&self) -> Version {
        self.loaded
    }

    /// The version after these changes.
    pub fn version(&self) -> Version {
        self.events.iter().fold(self.loaded, |version, _| version.next())
    }

    /// The events raised, each with the version it leads to, oldest first.
    pub fn events(&self) -> impl Iterator<Item = (Version, &E)> {
        self.events.iter().scan(self.loaded, |version, event| {
            *version = version.next();
            Some((*version, event))
        })
    }

    /// Whether nothing happened since the aggregate was loaded.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_event_has_a_version_of_its_own() {
        let mut changes = Changes::since(Version::new(3));
        changes.raise("a");
        changes.raise("b");
        let events: Vec<_> = changes.events().collect();
        assert_eq!(events, [(Version::new(4), &"a"), (Version::new(5), &"b")]);
        assert_eq!(changes.version(), Version::new(5));
        assert_eq!(changes.loaded_version(), Version::new(3));
    }
}
