//! What can be done with orders and customers: one file per use case, with its command and its handler.
//!
//! [`Ordering`] is the context's entry point: it handles the commands, reacts to the events of accounts and catalogue and
//! answers the queries. Its port to a database is [`store`]; what one command changes is collected by a [`UnitOfWork`]; its
//! answers are in [`views`].
//!
//! **Architecture invariant:** no database, no web, and no rule of its own about orders: those are in
//! `ordering_domain`. Whose order it is, is checked here; which role may send a command is the caller's policy.

pub mod event_record;
pub mod in_memory;
pub mod limits;
pub mod names;
pub mod ordering;
pub mod store;
pub mod unit_of_work;
pub mod views;

pub mod place_order;

pub mod add_line;
pub mod change_quantity;
pub mod remove_line;

pub mod cancel_order;
pub mod change_shipping_address;
pub mod confirm_order;
pub mod deliver_order;
pub mod ship_order;

pub mod change_customer_tier;

pub mod on_product_delisted;
pub mod on_product_listed;
pub mod on_product_repriced;
pub mod on_stock_released;
pub mod on_stock_reservation_rejected;
pub mod on_stock_reserved;
pub mod on_user_account_created;
pub mod on_user_deactivated;
pub mod on_user_email_changed;
pub mod on_user_reactivated;

pub mod queries;
mod settling;
mod todays_terms;

#[cfg(test)]
mod tests;

use message_bus::handled_by;

pub use add_line::AddLine;
pub use cancel_order::CancelOrder;
pub use change_customer_tier::ChangeCustomerTier;
pub use change_quantity::ChangeQuantity;
pub use change_shipping_address::ChangeShippingAddress;
pub use confirm_order::{AddressGiven, ConfirmOrder};
pub use deliver_order::DeliverOrder;
pub use ordering::Ordering;
pub use place_order::{LineToOrder, PlaceOrder};
pub use queries::OrderFilter;
pub use remove_line::RemoveLine;
pub use ship_order::ShipOrder;
pub use store::{OrderingStore, OrdersWanted, VisibleTo};
pub use unit_of_work::UnitOfWork;
pub use views::{
    AddressView, CancellationView, CustomerView, OrderLineView, OrderPosition, OrderView, ShipmentView,
};

/// The context's name: its file's or its schema's, and the source of its events.
pub const CONTEXT: &str = "ordering";

/// What can be asked of the context.
pub const COMMANDS: &[fn() -> &'static str] = &[
    handled_by::<Ordering, PlaceOrder>,
    handled_by::<Ordering, AddLine>,
    handled_by::<Ordering, RemoveLine>,
    handled_by::<Ordering, ChangeQuantity>,
    handled_by::<Ordering, ConfirmOrder>,
    handled_by::<Ordering, ChangeShippingAddress>,
    handled_by::<Ordering, CancelOrder>,
    handled_by::<Ordering, ShipOrder>,
    handled_by::<Ordering, DeliverOrder>,
    handled_by::<Ordering, ChangeCustomerTier>,
];
