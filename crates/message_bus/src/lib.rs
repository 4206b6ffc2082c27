//! How contexts take commands and hear of each other's events.
//!
//! Commands go to exactly one handler of their own context; events, wrapped in an [`Envelope`], go to
//! every [`Consumer`] that names their type. The delivery rules stand here as plain decisions over
//! ports (`delivery`, `courier`), so that they can be driven through faults in virtual time.
//!
//! Deliberately not here: a database, the web, and any knowledge of what a context does.

pub mod actor;
pub mod command;
pub mod command_log;
pub mod consumer;
pub mod courier;
pub mod delivery;
pub mod envelope;
pub mod errors;
pub mod event_log;
pub mod held_delivery;
pub mod in_memory;
pub mod in_memory_log;
pub mod invariants;
pub mod limits;
pub mod operations;
pub mod publisher;
pub mod relay;
pub mod retry;
pub mod timeline;
pub mod trace_context;
pub mod traces;
pub mod write_set;

pub use actor::Actor;
pub use command::{Command, CommandMeta, Handles, Replay, ReplayRecord};
pub use command_log::{CommandLog, LogsCommands, Recorded};
pub use consumer::{Beginning, Consumer, Handing, ReactsTo};
pub use courier::{Courier, Transport};
pub use delivery::{Delivery, DeliveryState, HandlingError, Standing};
pub use envelope::{Audience, Envelope, NewEvent};
pub use errors::{CommitError, Conflict, NotFound, Unavailable, UseCaseError};
pub use event_log::{EventLog, History, LoggedEvent, Missing, PastEvent};
pub use held_delivery::{Attempt, AttemptEnd, DeliveryStore, HeldDelivery};
pub use in_memory_log::InMemoryLog;
pub use invariants::{ContextInvariants, InvariantCheck, doctor::Doctor};
pub use limits::Limits;
pub use operations::{
    Backlog, BatchSizes, Commits, ContextOperations, all_contexts::Operations,
    operator_command::OperatorCommand,
};
pub use publisher::{Publisher, Route};
pub use relay::Relay;
pub use timeline::{Subscription, Timeline, Timelines};
pub use trace_context::{Sampling, TraceContext};
pub use traces::{ContextTraces, ReachedPosition, TracedEvent};
pub use write_set::{UnloggedEvent, WriteSet};
