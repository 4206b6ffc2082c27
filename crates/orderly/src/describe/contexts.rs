//! The contexts, with their commands and events. What is missing here is for a test to find, which compares this with the source files.

use std::any::type_name;

use accounts_app::{
    Accounts, ChangeEmail, ChangePassword, ChangeRole, CreateUser, DeactivateUser, EndSession, LogIn,
    ReactivateUser, RefreshSession, RegisterUser, RevokeToken,
};
use catalog::{Catalog, ChangeProduct, DelistProduct, ListProduct};
use inventory_app::{AdjustStock, CorrectStock, CountStock, Inventory};
use message_bus::{Command, Handles};
use ordering_app::{
    AddLine, CancelOrder, ChangeCustomerTier, ChangeQuantity, ChangeShippingAddress, ConfirmOrder,
    DeliverOrder, Ordering, PlaceOrder, RemoveLine, ShipOrder,
};
use shared_kernel::{
    IntegrationEvent,
    events::{
        OrderCancelled, OrderConfirmed, OrderDelivered, OrderPlaced, OrderShipped, ProductDelisted,
        ProductListed, ProductRepriced, StockReleased, StockReservationRejected, StockReserved,
        UserAccountCreated, UserDeactivated, UserEmailChanged, UserReactivated,
    },
};

/// A context, as it appears from outside.
pub(super) struct Context {
    pub(super) name: &'static str,
    pub(super) commands: Vec<DescribedCommand>,
    pub(super) events: Vec<DescribedEvent>,
}

pub(super) struct DescribedCommand {
    pub(super) name: &'static str,
    pub(super) handled_in: String,
}

pub(super) struct DescribedEvent {
    pub(super) name: &'static str,
    pub(super) schema_version: u16,
    pub(super) aggregate_type: &'static str,
}

/// Every context.
pub(super) fn contexts() -> Vec<Context> {
    vec![
        Context {
            name: "accounts",
            commands: vec![
                handled_by::<Accounts, RegisterUser>(),
                handled_by::<Accounts, CreateUser>(),
                handled_by::<Accounts, ChangeEmail>(),
                handled_by::<Accounts, ChangePassword>(),
                handled_by::<Accounts, ChangeRole>(),
                handled_by::<Accounts, DeactivateUser>(),
                handled_by::<Accounts, ReactivateUser>(),
                handled_by::<Accounts, LogIn>(),
                handled_by::<Accounts, RefreshSession>(),
                handled_by::<Accounts, RevokeToken>(),
                handled_by::<Accounts, EndSession>(),
            ],
            events: vec![
                event::<UserAccountCreated>(),
                event::<UserEmailChanged>(),
                event::<UserDeactivated>(),
                event::<UserReactivated>(),
            ],
        },
        Context {
            name: catalog::CONTEXT,
            commands: vec![
                handled_by::<Catalog, ListProduct>(),
                handled_by::<Catalog, ChangeProduct>(),
                handled_by::<Catalog, DelistProduct>(),
            ],
            events: vec![
                event::<ProductListed>(),
                event::<ProductRepriced>(),
                event::<ProductDelisted>(),
            ],
        },
        Context {
            name: "ordering",
            commands: vec![
                handled_by::<Ordering, PlaceOrder>(),
                handled_by::<Ordering, AddLine>(),
                handled_by::<Ordering, RemoveLine>(),
                handled_by::<Ordering, ChangeQuantity>(),
                handled_by::<Ordering, ConfirmOrder>(),
                handled_by::<Ordering, ChangeShippingAddress>(),
                handled_by::<Ordering, CancelOrder>(),
                handled_by::<Ordering, ShipOrder>(),
                handled_by::<Ordering, DeliverOrder>(),
                handled_by::<Ordering, ChangeCustomerTier>(),
            ],
            events: vec![
                event::<OrderPlaced>(),
                event::<OrderConfirmed>(),
                event::<OrderShipped>(),
                event::<OrderDelivered>(),
                event::<OrderCancelled>(),
            ],
        },
        Context {
            name: "inventory",
            commands: vec![
                handled_by::<Inventory, AdjustStock>(),
                handled_by::<Inventory, CountStock>(),
                handled_by::<Inventory, CorrectStock>(),
            ],
            events: vec![
                event::<StockReserved>(),
                event::<StockReservationRejected>(),
                event::<StockReleased>(),
            ],
        },
        // It is asked for nothing and tells nothing.
        Context {
            name: notifications::CONTEXT,
            commands: Vec::new(),
            events: Vec::new(),
        },
    ]
}

/// `C`, which `H` handles. A use case is one file with its command and its handler, so the command's module is the place.
#[expect(
    clippy::extra_unused_type_parameters,
    reason = "its bound is the proof that there is a handler"
)]
fn handled_by<H: Handles<C>, C: Command>() -> DescribedCommand {
    let path = type_name::<C>();
    let (module, name) = path.rsplit_once("::").unwrap_or_default();
    let (crate_name, module) = module.split_once("::").unwrap_or((module, "lib"));
    DescribedCommand {
        name,
        handled_in: format!("crates/{crate_name}/src/{}.rs", module.replace("::", "/")),
    }
}

fn event<E: IntegrationEvent>() -> DescribedEvent {
    DescribedEvent {
        name: E::TYPE,
        schema_version: E::SCHEMA_VERSION,
        aggregate_type: E::AGGREGATE_TYPE,
    }
}
