//! How committed events reach their consumers, each once and in the order of its aggregate.
//!
//! The rules of delivery are plain decisions (`delivery`); the [`Courier`] carries them out over the ports [`EventLog`] and
//! [`DeliveryStore`], the [`Publisher`] takes events from a log to their consumers, and the [`Relay`] says when. So all of
//! it is driven through faults in virtual time (`tests/simulation`).
//!
//! Deliberately not here: a database, what a context does, and what operators see of it (`operations`). No context's
//! `*_app` crate names this one.

pub mod courier;
pub mod delivery;
pub mod event_log;
pub mod held_delivery;
pub mod in_memory;
pub mod publisher;
pub mod relay;

pub use courier::{Courier, Transport};
pub use delivery::{DeliveryState, Standing};
pub use event_log::{EventLog, History, LoggedEvent, Missing, PastEvent};
pub use held_delivery::{Attempt, AttemptEnd, DeliveryStore, HeldDelivery};
pub use publisher::{Publisher, Route};
pub use relay::Relay;
