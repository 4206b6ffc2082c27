//! All that a context sees of how commands are handled and events delivered.
//!
//! A command goes to exactly one handler of its own context; an event, wrapped in an [`Envelope`], goes to every
//! [`Consumer`] that takes its type. A context implements [`Handles`] and [`ReactsTo`], fails in one of the ways of
//! [`UseCaseError`], and hands over [`NewEvent`]s.
//!
//! Deliberately not here: how an event reaches its consumers (`event_delivery`), what operators see and do (`operations`),
//! a database, the web, and any knowledge of what a context does. Since every context sees all of it, it has at most 30
//! public types, which `tests/architecture` counts.

pub mod actor;
pub mod command;
pub mod command_log;
pub mod consumer;
pub mod delivery;
pub mod envelope;
pub mod errors;
pub mod in_memory_log;
pub mod limits;
pub mod retry;
pub mod trace_context;
pub mod write_set;

pub use actor::Actor;
pub use command::{Command, CommandMeta, Handles, Replay, ReplayRecord, handled_by};
pub use command_log::{CommandLog, LogsCommands, Recorded};
pub use consumer::{Beginning, Consumer, DeliveryMode, ReactsTo};
pub use delivery::{Delivery, HandlingError};
pub use envelope::{Audience, Envelope, NewEvent};
pub use errors::{CommitError, Conflict, NotFound, Unavailable, UseCaseError};
pub use in_memory_log::InMemoryLog;
pub use limits::Limits;
pub use trace_context::{Sampling, TraceContext};
pub use write_set::WriteSet;
