//! Commands, what travels with them, and the trait that gives each a handler.

use std::{any::type_name, future::Future};

use serde::Serialize;
use shared_kernel::{CommandId, CorrelationId, EventId, IdGenerator, Timestamp, Version};

use tracing::{Instrument, Span, debug_span, field};

use crate::{Actor, Conflict, Delivery, Envelope, Sampling, TraceContext, UseCaseError};

/// Something that a context is asked to do.
pub trait Command: Send + 'static {
    /// What it answers: a plain view, never an aggregate.
    type Output: Send;
}

/// A context handles a command. A command without a handler does not compile where it is sent.
pub trait Handles<C: Command> {
    /// Carries the command out. When it answers `Ok`, everything it decided is durable. To be implemented, and called only by
    /// [`Self::send`]: clippy refuses other calls.
    fn handle(
        &self,
        command: C,
        meta: CommandMeta,
    ) -> impl Future<Output = Result<C::Output, UseCaseError>> + Send;

    /// The same in a span of its own, the one that the command's events name. This is what callers use.
    #[expect(
        clippy::disallowed_methods,
        reason = "callers send; only this calls the handler"
    )]
    fn send(
        &self,
        command: C,
        meta: CommandMeta,
    ) -> impl Future<Output = Result<C::Output, UseCaseError>> + Send {
        let span = debug_span!(
            "command",
            command = name::<C>(),
            command_id = %meta.command_id,
            span_id = meta.trace.span_id().as_str(),
            outcome = field::Empty,
            error = field::Empty,
        );
        let handling = self.handle(command, meta);
        let in_span = span.clone();
        async move {
            let result = handling.await;
            record_outcome(&span, &result);
            result
        }
        .instrument(in_span)
    }
}

/// The path of a command that `H` handles. Where a context names all its commands, this is the proof that each has a handler.
pub fn handled_by<H: Handles<C>, C: Command>() -> &'static str {
    type_name::<C>()
}

/// A command's name without its path.
fn name<C>() -> &'static str {
    let path = type_name::<C>();
    path.rsplit_once("::").map_or(path, |(_, name)| name)
}

/// Only an unavailable dependency is an error of ours; a refusal's text, which the caller gets, may contain personal data.
fn record_outcome<T>(span: &Span, result: &Result<T, UseCaseError>) {
    let outcome = match result {
        Ok(_) => "done",
        Err(UseCaseError::Refused(refusal)) => refusal.code,
        Err(UseCaseError::NotFound(_)) => "not_found",
        Err(UseCaseError::Conflict(_)) => "conflict",
        Err(UseCaseError::Unavailable(unavailable)) => {
            span.record("error", field::display(unavailable));
            "unavailable"
        }
    };
    span.record("outcome", outcome);
}

/// What every command carries beside its own fields. Its events repeat it.
#[derive(Clone, Debug)]
pub struct CommandMeta {
    /// This command.
    pub command_id: CommandId,
    /// Everything that one request set in motion shares this id.
    pub correlation_id: CorrelationId,
    /// The event that led to this command, if one did.
    pub causation_id: Option<EventId>,
    /// On whose behalf.
    pub actor: Actor,
    /// When it was issued: the time that its rules and events use.
    pub issued_at: Timestamp,
    /// The version that the caller saw; anything else there is a conflict that is not retried.
    pub expected_version: Option<Version>,
    /// The delivery that this command answers; its position moves in the same write set.
    pub delivery: Option<Delivery>,
    /// The key under which a repetition gets the first answer again.
    pub replay: Option<Replay>,
    /// The span in which it is carried out. Its events name it, so what they lead to is below it in the trace.
    pub trace: TraceContext,
}

impl CommandMeta {
    /// For a command that no event led to. Its trace is not recorded, unless the caller has one that is.
    pub fn new(actor: Actor, issued_at: Timestamp, ids: &dyn IdGenerator) -> Self {
        let id = ids.next_id();
        Self {
            command_id: CommandId::new(id),
            correlation_id: CorrelationId::new(id),
            causation_id: None,
            actor,
            issued_at,
            expected_version: None,
            delivery: None,
            replay: None,
            trace: TraceContext::begin(id, Sampling::NONE),
        }
    }

    /// For the command by which a consumer reacts to an event.
    pub fn reacting(envelope: &Envelope, delivery: Delivery, now: Timestamp, ids: &dyn IdGenerator) -> Self {
        let id = ids.next_id();
        Self {
            command_id: CommandId::new(id),
            correlation_id: envelope.correlation_id,
            causation_id: Some(envelope.event_id),
            actor: Actor::Consumer(delivery.consumer),
            issued_at: now,
            expected_version: None,
            delivery: Some(delivery),
            replay: None,
            trace: envelope.trace().child(id),
        }
    }

    /// Compares the stored version with the one that the caller stated, if they stated one.
    ///
    /// # Errors
    /// [`Conflict::StaleVersion`] when they differ.
    pub fn check_expected_version(&self, current: Version) -> Result<(), Conflict> {
        match self.expected_version {
            Some(expected) if expected != current => Err(Conflict::StaleVersion { expected, current }),
            Some(_) | None => Ok(()),
        }
    }

    /// What the command log keeps when this command commits with `view` as its answer:
    /// nothing, unless the caller gave a replay key.
    ///
    /// # Errors
    /// When the view has no JSON form, which is a defect.
    pub fn replay_record<V: Serialize>(&self, view: &V) -> Result<Option<ReplayRecord>, UseCaseError> {
        let Some(replay) = &self.replay else {
            return Ok(None);
        };
        let result = serde_json::to_string(view).map_err(UseCaseError::defect)?;
        Ok(Some(ReplayRecord {
            replay: replay.clone(),
            result,
        }))
    }
}

/// A key that makes a repeated command answer as the first one did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replay {
    /// Caller, method, path and the caller's own key, in one string.
    pub key: String,
    /// A keyed hash of what was asked, since bodies can hold passwords. Another hash under the same key is the caller's mistake.
    pub fingerprint: [u8; 32],
}

/// A line of the command log: a key and the recorded answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplayRecord {
    /// The key and the fingerprint.
    pub replay: Replay,
    /// The use case's view, as JSON.
    pub result: String,
}
