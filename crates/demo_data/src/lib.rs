//! The demo shop: users, products, stock and orders, made by the same commands that the API sends.
//!
//! Making them again adds nothing: users are recognised by their addresses, products by their skus, and orders are counted.
//!
//! Deliberately not here: a database, the command line, the delivery of events (the caller does that between the steps), and any way
//! around the use cases.

mod assortment;
mod demo_users;
mod plan;
mod shop;
mod stock;

pub use assortment::Assortment;
pub use demo_users::DemoUsers;
pub use shop::Shop;
pub use stock::fill_the_shelves;

use std::{fmt::Display, io};

use accounts_app::Accounts;
use catalog::Catalog;
use inventory_app::Inventory;
use message_bus::{Actor, CommandMeta, UseCaseError};
use ordering_app::Ordering;
use shared_kernel::{Clock, EmailAddress, IdGenerator, Role};

/// The contexts that are filled, and where time and ids come from.
#[derive(Clone, Copy)]
pub struct Contexts<'a> {
    /// Where users are created.
    pub accounts: &'a Accounts,
    /// Where products are listed.
    pub catalog: &'a Catalog,
    /// Where stock is brought in.
    pub inventory: &'a Inventory,
    /// Where orders are placed.
    pub ordering: &'a Ordering,
    /// The clock.
    pub clock: &'a dyn Clock,
    /// The ids of commands, and the randomness of passwords.
    pub ids: &'a dyn IdGenerator,
}

impl Contexts<'_> {
    /// For a command of the person at the command line.
    fn meta(&self) -> CommandMeta {
        CommandMeta::new(Actor::Operator, self.clock.now(), self.ids)
    }
}

/// A log-in.
pub struct Login {
    /// With this address.
    pub email: EmailAddress,
    /// As this customer, or as staff.
    pub role: Role,
    /// And this password, which is not stored.
    pub password: String,
}

/// What was found or made, reported at once.
pub enum Filled {
    /// A demo user was there before.
    UserPresent,
    /// A demo user was created.
    UserCreated(Login),
    /// A demo product was listed.
    ProductListed,
}

/// Why the demo could not be made.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// A command or a query failed.
    #[error(transparent)]
    UseCase(#[from] UseCaseError),
    /// The existing data, or the demo's own, do not allow it.
    #[error("{0}")]
    Unfit(String),
    /// What was made could not be reported.
    #[error(transparent)]
    NotTold(io::Error),
}

impl DemoError {
    fn unfit(error: impl Display) -> Self {
        Self::Unfit(error.to_string())
    }
}
