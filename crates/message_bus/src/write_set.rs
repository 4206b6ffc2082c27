//! Everything that one command wants written, as one thing that is committed whole or not at all.

use shared_kernel::{EventId, IdGenerator};

use crate::{Audience, CommandMeta, Delivery, Envelope, NewEvent, ReplayRecord};

/// An event on its way into the log.
#[derive(Clone, Debug, PartialEq)]
pub struct UnloggedEvent {
    /// The event and what travels with it.
    pub envelope: Envelope,
    /// Who will hear of it.
    pub audience: Audience,
}

/// What one command writes, or several that were decided together: a context's changes `C` (opaque here), the events that tell
/// of them, the positions of the deliveries they answer, and the answer to give when the command is repeated.
#[derive(Clone, Debug)]
pub struct WriteSet<C> {
    /// The context's changes: in its domain's words where they are decided, as rows where they are written.
    pub changes: C,
    /// The events, in the order they happened.
    pub events: Vec<UnloggedEvent>,
    /// The deliveries whose consumers' positions move along, no two of one consumer and aggregate. When one must not be
    /// applied, nothing is written.
    pub deliveries: Vec<Delivery>,
    /// The line for the command log.
    pub replay: Option<ReplayRecord>,
    /// The context whose events these are.
    source: &'static str,
}

impl<C> WriteSet<C> {
    /// The write set of the command of `meta` in the context named `source`.
    pub fn new(
        changes: C,
        events: Vec<NewEvent>,
        replay: Option<ReplayRecord>,
        source: &'static str,
        meta: &CommandMeta,
        ids: &dyn IdGenerator,
    ) -> Self {
        let write_set = Self {
            changes,
            events: Vec::with_capacity(events.len()),
            deliveries: Vec::new(),
            replay,
            source,
        };
        write_set.and_also(events, meta, ids)
    }

    /// The same, with what another command led to: its events carry its meta, and its delivery's position moves along.
    #[must_use]
    pub fn and_also(mut self, events: Vec<NewEvent>, meta: &CommandMeta, ids: &dyn IdGenerator) -> Self {
        let source = self.source;
        self.events.extend(events.into_iter().map(|event| UnloggedEvent {
            audience: event.audience,
            envelope: Envelope::new(event, EventId::new(ids.next_id()), source, meta),
        }));
        self.deliveries.extend(meta.delivery);
        self
    }

    /// The same with its changes in another form.
    ///
    /// # Errors
    /// When the changes have no such form.
    pub fn try_map<D, E>(self, form: impl FnOnce(C) -> Result<D, E>) -> Result<WriteSet<D>, E> {
        Ok(WriteSet {
            changes: form(self.changes)?,
            events: self.events,
            deliveries: self.deliveries,
            replay: self.replay,
            source: self.source,
        })
    }
}
