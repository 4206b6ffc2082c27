//! What can be done with stock: one file per use case, with its command and its handler.
//!
//! [`Inventory`] is the context's entry point: it handles the commands, reacts to the events of the catalogue and of ordering, and
//! answers the queries. Its port to a database is [`store`]; what one command changes is collected by a [`UnitOfWork`]; its answers
//! are in [`views`].
//!
//! **Architecture invariant:** no database, no web, and no rule of its own about stock: those are in `inventory_domain`.
//! Which role may send a command is the caller's policy.

pub mod event_record;
pub mod in_memory;
pub mod inventory;
pub mod limits;
pub mod store;
pub mod unit_of_work;
pub mod views;

pub mod adjust_stock;
pub mod count_stock;

pub mod on_order_cancelled;
pub mod on_order_confirmed;
pub mod on_order_shipped;
pub mod on_product_listed;
mod reservation_batcher;

pub mod correct_stock;
pub mod queries;

use message_bus::handled_by;

pub use adjust_stock::AdjustStock;
pub use correct_stock::CorrectStock;
pub use count_stock::CountStock;
pub use inventory::Inventory;
pub use store::InventoryStore;
pub use unit_of_work::UnitOfWork;
pub use views::{
    AdjustmentView, CorrectionView, LedgerEntryView, ReservationStatus, ReservationView, StockDrift,
    StockItemView,
};

/// The context's name: its file's or its schema's, and the source of its events.
pub const CONTEXT: &str = "inventory";

/// What can be asked of the context.
pub const COMMANDS: &[fn() -> &'static str] = &[
    handled_by::<Inventory, AdjustStock>,
    handled_by::<Inventory, CountStock>,
    handled_by::<Inventory, CorrectStock>,
];

#[cfg(test)]
mod tests;
