//! What can be done with stock: one file per use case, with its command and its handler.
//!
//! [`Inventory`] is the context's face: it handles the commands, reacts to the events of the catalogue and of ordering, and
//! answers the queries. What it needs from outside stands in [`ports`]; what it answers in [`views`].
//!
//! **Architecture invariant:** no database, no web, and no rule of its own about stock: those stand in `inventory_domain`.
//! Which role may send a command is the caller's policy.

pub mod event_record;
pub mod in_memory;
pub mod inventory;
pub mod limits;
pub mod ports;
pub mod views;

pub mod adjust_stock;
pub mod count_stock;

mod desk;
pub mod on_order_cancelled;
pub mod on_order_confirmed;
pub mod on_order_shipped;
pub mod on_product_listed;

pub mod correct_stock;
pub mod queries;

pub use adjust_stock::AdjustStock;
pub use correct_stock::CorrectStock;
pub use count_stock::CountStock;
pub use inventory::Inventory;
pub use ports::{
    InventoryQueries, InventoryUnitOfWork, InventoryUnits, ReservationRepository, StockChecks,
    StockRepository,
};
pub use views::{
    AdjustmentView, CorrectionView, LedgerEntryView, Page, PageRequest, ReservationStanding, ReservationView,
    StockDrift, StockItemView,
};

#[cfg(test)]
mod tests;
