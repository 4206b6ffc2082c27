//! The only vocabulary that bounded contexts share: values, typed ids, the aggregate's
//! contract, refusals, and the integration events that travel between contexts.
//!
//! Deliberately not here: anything that only one context means, any I/O, any runtime.
//! Every context depends on this crate, so it changes seldom.

// Money and counts are exact; a float is neither.
#![deny(clippy::float_arithmetic)]

pub mod aggregate_root;
pub mod clock;
pub mod currency;
pub mod email_address;
pub mod events;
pub mod id_generator;
pub mod identifiers;
pub mod in_memory;
pub mod line_stock;
pub mod money;
pub mod money_error;
pub mod page;
pub mod printable;
pub mod quantity;
pub mod refusal;
pub mod role;
pub mod timestamp;
pub mod version;

pub use aggregate_root::{AggregateRoot, Changes};
pub use clock::Clock;
pub use currency::Currency;
pub use email_address::{EmailAddress, InvalidEmailAddress};
pub use events::IntegrationEvent;
pub use id_generator::IdGenerator;
pub use identifiers::{
    CommandId, CorrelationId, CustomerId, EventId, OrderId, OrderLineId, ProductId, ReservationId, SessionId,
    UserId,
};
pub use line_stock::LineStock;
pub use money::Money;
pub use money_error::MoneyError;
pub use page::{Page, PageRequest};
pub use quantity::{InvalidQuantity, Quantity};
pub use refusal::{Fact, Refusal, RefusalKind};
pub use role::{Role, UnknownRole};
pub use timestamp::{InvalidTimestamp, Timestamp};
pub use version::Version;
