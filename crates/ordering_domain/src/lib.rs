//! Ordering: orders, customers, prices, and every rule about them.
//!
//! Each rule is one file under `rules`, named after what always holds. Deliberately not here: I/O, async
//! code, serialisation, time and randomness; the caller passes ids and the time.

// Money and counts are exact; a float is neither.
#![deny(clippy::float_arithmetic)]

pub mod order;
pub mod order_action;
pub mod order_error;
pub mod order_event;
pub mod order_record;
pub mod order_reference;
pub mod order_status;

pub mod address;
pub mod cancellation;
mod country_codes;
pub mod customer;
pub mod lines_refused;
pub mod price_list;
pub mod pricing;
pub mod rules;
pub mod terms;
pub mod wanted_line;

pub use address::{Address, AddressError, AddressParts};
pub use cancellation::{Cancellation, CancellationCode};
pub use customer::{Customer, CustomerEvent, CustomerRecord, CustomerStatus, CustomerTier};
pub use lines_refused::LinesRefused;
pub use order::{Order, Placement};
pub use order_action::OrderAction;
pub use order_error::OrderError;
pub use order_event::OrderEvent;
pub use order_record::{LineKind, OrderLine, OrderRecord, Shipment};
pub use order_reference::{InvalidOrderReference, OrderReference};
pub use order_status::{Allocation, OrderStatus, UnknownName};
pub use price_list::{PriceListEntry, ProductStatus};
pub use terms::{CustomLines, Terms};
pub use wanted_line::WantedLine;
