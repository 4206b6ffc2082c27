//! Every subscription: which event goes to which consumer. Readers look here first.

use message_bus::{Beginning, Consumer, Limits};
use shared_kernel::events::{
    OrderCancelled, OrderConfirmed, OrderShipped, ProductDelisted, ProductListed, ProductRepriced,
    StockReleased, StockReservationRejected, StockReserved, UserAccountCreated, UserDeactivated,
    UserEmailChanged, UserReactivated,
};

use crate::handlers::Handlers;

/// A mail server may be unreachable for a night and a day: about a day and a half of attempts, a quarter of an hour apart at most, and no
/// more mails under way than a small server accepts. An attempt is given up soon after its mail is (ten seconds), since one that ended with
/// the process is made again only then.
const MAIL: Limits = Limits {
    attempts: 300,
    interruptions: 5,
    deadline_milliseconds: 15_000,
    longest_pause_milliseconds: 15 * 60 * 1000,
    at_once: 8,
};

/// The consumers, each with the events that it takes.
pub(crate) fn subscriptions(handlers: &Handlers) -> Vec<Consumer> {
    let Handlers {
        ordering,
        inventory,
        notifications,
    } = handlers;
    vec![
        Consumer::new("ordering.users", "ordering", "accounts", Beginning::StartOfTheLog)
            .on::<UserAccountCreated, _>(ordering)
            .on::<UserEmailChanged, _>(ordering)
            .on::<UserDeactivated, _>(ordering)
            .on::<UserReactivated, _>(ordering),
        Consumer::new(
            "ordering.products",
            "ordering",
            "catalog",
            Beginning::StartOfTheLog,
        )
        .on::<ProductListed, _>(ordering)
        .on::<ProductRepriced, _>(ordering)
        .on::<ProductDelisted, _>(ordering),
        Consumer::new(
            "ordering.reservations",
            "ordering",
            "inventory",
            Beginning::StartOfTheLog,
        )
        .on::<StockReserved, _>(ordering)
        .on::<StockReservationRejected, _>(ordering),
        // A consumer of its own: the one above may already have passed releases that were published before any consumer took them. Which of
        // the two is first does not matter: only a cancelled order's stock is released, and the other events do not change such an order.
        Consumer::new(
            "ordering.releases",
            "ordering",
            "inventory",
            Beginning::StartOfTheLog,
        )
        .on::<StockReleased, _>(ordering),
        Consumer::new(
            "inventory.products",
            "inventory",
            "catalog",
            Beginning::StartOfTheLog,
        )
        .on::<ProductListed, _>(inventory),
        // Orders that were confirmed before there was an inventory context asked for no stock, and ship as they are.
        Consumer::new("inventory.orders", "inventory", "ordering", Beginning::Now)
            .on::<OrderConfirmed, _>(inventory)
            .on::<OrderCancelled, _>(inventory)
            .on::<OrderShipped, _>(inventory),
        Consumer::new(
            "notifications.users",
            "notifications",
            "accounts",
            Beginning::StartOfTheLog,
        )
        .on::<UserAccountCreated, _>(notifications)
        .on::<UserEmailChanged, _>(notifications),
        // Mail about old events is unwanted.
        Consumer::new(
            "notifications.orders",
            "notifications",
            "ordering",
            Beginning::Now,
        )
        .calling_outside(MAIL)
        .on::<OrderConfirmed, _>(notifications)
        .on::<OrderShipped, _>(notifications)
        .on::<OrderCancelled, _>(notifications),
    ]
}
