//! Inventory: stock, what is reserved of it for orders, and every rule about both.
//!
//! Each rule is one file under `rules`, named after what always holds. Deliberately not here: I/O, async
//! code, serialisation, time and randomness; the caller passes ids and the time.

// Counts are exact; a float is not.
#![deny(clippy::float_arithmetic)]

pub mod ledger;
pub mod stock_error;
pub mod stock_item;

pub mod reservation;
pub mod reservation_record;

pub mod correcting;
pub mod reserving;
pub mod rules;

pub use correcting::StockCorrection;
pub use ledger::{ChangedBy, LedgerEntry};
pub use reservation::{Reservation, ReservationEvent};
pub use reservation_record::{ReservationRecord, ReservationState, UnknownState};
pub use reserving::{ReservationRequest, Stock, fulfil, release, reserve};
pub use rules::what_is_held_is_reserved::StockOutOfStep;
pub use stock_error::StockError;
pub use stock_item::{StockChange, StockItem, StockRecord};
