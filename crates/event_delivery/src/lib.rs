//! How committed events reach their consumers, each once and in the order of its aggregate.
//!
//! The rules of delivery are plain decisions (`delivery`); the [`Dispatcher`] carries them out over the ports [`EventLog`] and
//! [`DeliveryStore`], the [`Publisher`] takes events from a log to their consumers, and the [`Relay`] decides when. So all of
//! it can be tested under faults in virtual time (`tests/simulation`).
//!
//! Deliberately not here: a database, what a context does, and what operators see of it (`operations`). No context's
//! `*_app` crate depends on this one.

pub mod delivery;
pub mod dispatcher;
pub mod event_log;
pub mod in_memory;
pub mod pending_delivery;
pub mod publisher;
pub mod relay;

pub use delivery::{ConsumerProgress, DeliveryState};
pub use dispatcher::{Dispatcher, Transport};
pub use event_log::{EventLog, History, LoggedEvent, Missing, PastEvent};
pub use pending_delivery::{Attempt, AttemptEnd, DeliveryStore, PendingDelivery};
pub use publisher::{Publisher, Subscription};
pub use relay::Relay;
