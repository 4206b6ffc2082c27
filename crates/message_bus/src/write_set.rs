//! Everything that one command writes, committed whole or not at all.

use std::convert::Infallible;

use shared_kernel::{EventId, IdGenerator};

use crate::{Audience, CommandMeta, Delivery, Envelope, NewEvent, ReplayRecord};

/// What one command writes, or several that were decided together: a context's changes `C` (opaque here), the events about
/// them, the positions of the deliveries they answer, and the answer to give when the command is repeated.
#[derive(Clone, Debug)]
pub struct WriteSet<C> {
    /// The context's changes: in its domain's words where they are decided, as rows where they are written.
    pub changes: C,
    /// The events, in the order they happened, each with its audience.
    pub events: Vec<(Envelope, Audience)>,
    /// The deliveries whose consumers' positions move, no two of one consumer and aggregate. If one must not be
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
        Self::without_events(changes, replay, source).with_command(events, meta, ids)
    }

    /// The write set of commands in the context named `source`, each of which is still to be added by [`Self::with_command`].
    pub const fn without_events(changes: C, replay: Option<ReplayRecord>, source: &'static str) -> Self {
        Self {
            changes,
            events: Vec::new(),
            deliveries: Vec::new(),
            replay,
            source,
        }
    }

    /// The same, with what a command led to: its events carry its meta, and its delivery's position moves along.
    #[must_use]
    pub fn with_command(mut self, events: Vec<NewEvent>, meta: &CommandMeta, ids: &dyn IdGenerator) -> Self {
        let source = self.source;
        self.events.extend(events.into_iter().map(|event| {
            let audience = event.audience;
            let id = EventId::new(ids.next_id());
            (Envelope::new(event, id, source, meta), audience)
        }));
        self.deliveries.extend(meta.delivery);
        self
    }

    /// The same with its changes in another form.
    pub fn map<D>(self, form: impl FnOnce(C) -> D) -> WriteSet<D> {
        let Ok(write_set) = self.try_map(|changes| Ok::<_, Infallible>(form(changes)));
        write_set
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
