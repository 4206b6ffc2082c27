//! Named consumers: which events a context reacts to, and with what.

use std::{any::type_name, future::Future, pin::Pin, sync::Arc};

use shared_kernel::IntegrationEvent;

use crate::{CommandMeta, Envelope, HandlingError, Limits, UseCaseError};

/// A context reacts to an event, by one command of its own.
///
/// An implementation issues exactly one command with the `meta` it is given, even if there is nothing to do:
/// the write set of that command moves the consumer's position.
pub trait ReactsTo<E: IntegrationEvent>: Send + Sync + 'static {
    /// Reacts.
    fn react(&self, event: E, meta: CommandMeta) -> impl Future<Output = Result<(), UseCaseError>> + Send;
}

/// How events reach a consumer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryMode {
    /// The handler is called as soon as the event is published. What fails gets a row.
    Inline,
    /// Each event gets a row first, and the handler is called from there. For handlers that wait for something outside, such as a mail
    /// server, so that no other consumer of the same events waits for it; and for handlers that may have stopped the process before.
    Persisted,
}

/// Where in the log a new consumer begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beginning {
    /// With the first event that the log still holds.
    StartOfTheLog,
    /// With the first event after its first start.
    Now,
}

type Reaction = Box<
    dyn Fn(Envelope, CommandMeta) -> Pin<Box<dyn Future<Output = Result<(), HandlingError>> + Send>>
        + Send
        + Sync,
>;

struct HandlerEntry {
    event_type: &'static str,
    handler: &'static str,
    reaction: Reaction,
}

/// A named subscription: every event type of one aggregate that a context reacts to, so that
/// their order is kept.
pub struct Consumer {
    name: &'static str,
    context: &'static str,
    source: &'static str,
    beginning: Beginning,
    mode: DeliveryMode,
    limits: Limits,
    handlers: Vec<HandlerEntry>,
}

impl Consumer {
    /// A consumer named `name` in context `context`, of the events of context `source`.
    ///
    /// The name is stored with positions: it never changes. By convention it is `<context>.<what it follows>`.
    pub fn new(
        name: &'static str,
        context: &'static str,
        source: &'static str,
        beginning: Beginning,
    ) -> Self {
        Self {
            name,
            context,
            source,
            beginning,
            mode: DeliveryMode::Inline,
            limits: Limits::default(),
            handlers: Vec::new(),
        }
    }

    /// The same, whose handlers call something outside this process: events reach them by row, within `limits`.
    #[must_use]
    pub fn calling_outside(mut self, limits: Limits) -> Self {
        self.mode = DeliveryMode::Persisted;
        self.limits = limits;
        self
    }

    /// Reacts to `E` with `handler`.
    #[must_use]
    pub fn on<E: IntegrationEvent, H: ReactsTo<E>>(mut self, handler: &Arc<H>) -> Self {
        let handler = Arc::clone(handler);
        let reaction: Reaction = Box::new(move |envelope, meta| {
            let handler = Arc::clone(&handler);
            Box::pin(async move {
                if envelope.schema_version > E::SCHEMA_VERSION {
                    return Err(HandlingError::Permanent(format!(
                        "found {} version {}, expected at most {}",
                        E::TYPE,
                        envelope.schema_version,
                        E::SCHEMA_VERSION
                    )));
                }
                let event: E = serde_json::from_value(envelope.data)
                    .map_err(|error| HandlingError::Permanent(format!("unreadable {}: {error}", E::TYPE)))?;
                handler.react(event, meta).await.map_err(HandlingError::from)
            })
        });
        self.handlers.push(HandlerEntry {
            event_type: E::TYPE,
            handler: type_name::<H>(),
            reaction,
        });
        self
    }

    /// Its name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The context it belongs to, whose database holds its positions.
    pub const fn context(&self) -> &'static str {
        self.context
    }

    /// The context whose events it takes.
    pub const fn source(&self) -> &'static str {
        self.source
    }

    /// Where it began.
    pub const fn beginning(&self) -> Beginning {
        self.beginning
    }

    /// How events reach it.
    pub const fn mode(&self) -> DeliveryMode {
        self.mode
    }

    /// Its limits of time and attempts.
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The event types it takes.
    pub fn event_types(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.handlers.iter().map(|entry| entry.event_type)
    }

    /// The event types it takes, each with the path of the type that handles it.
    pub fn reactions(&self) -> impl Iterator<Item = (&'static str, &'static str)> + '_ {
        self.handlers
            .iter()
            .map(|entry| (entry.event_type, entry.handler))
    }

    /// Whether it takes events of this type.
    pub fn takes(&self, event_type: &str) -> bool {
        self.handlers.iter().any(|entry| entry.event_type == event_type)
    }

    /// Reacts to an event of a type that it takes.
    ///
    /// # Errors
    /// What the reaction failed with; permanent, when the consumer does not take the type.
    pub async fn handle(&self, envelope: Envelope, meta: CommandMeta) -> Result<(), HandlingError> {
        let entry = self
            .handlers
            .iter()
            .find(|entry| entry.event_type == envelope.event_type)
            .ok_or_else(|| {
                HandlingError::Permanent(format!("{} does not take {}", self.name, envelope.event_type))
            })?;
        (entry.reaction)(envelope, meta).await
    }
}
