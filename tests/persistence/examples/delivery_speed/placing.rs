//! Orders that are placed, with consumers that have nothing to do, and without.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use message_bus::{
    Actor, Beginning, CommandMeta, Consumer, Handles, Limits, ReactsTo, Unavailable, UseCaseError,
};
use ordering_app::{LineToOrder, Ordering, PlaceOrder};
use shared_kernel::{
    Currency, IntegrationEvent, LineStock, Money, ProductId, Quantity, Role, UserId,
    events::{
        OrderCancelled, OrderConfirmed, OrderShipped, ProductListed, UserAccountCreated, UserDeactivated,
        UserEmailChanged, UserReactivated,
    },
};
use tokio::task::JoinSet;

use crate::{
    CALLERS,
    ground::{Ground, Relays},
};

/// A handler that is never called: no user registers, and no order is confirmed.
struct Idle;

impl<E: IntegrationEvent> ReactsTo<E> for Idle {
    async fn react(&self, _: E, _: CommandMeta) -> Result<(), UseCaseError> {
        Err(Unavailable::defect("found an event, expected none").into())
    }
}

/// Orders of two lines a second.
pub(crate) async fn orders(ground: &Arc<Ground>, duration: Duration, attached: bool) -> f64 {
    let relays = if attached {
        Some(attach(ground))
    } else {
        ground.nobody_takes_anything();
        None
    };
    let ordering = Arc::new(Ordering::new(
        Arc::clone(&ground.ordering),
        Arc::clone(&ground.ids),
    ));
    let products = listed(ground, &ordering).await;
    let start = Instant::now();
    let mut callers = JoinSet::new();
    for _ in 0..CALLERS {
        let (ground, ordering) = (Arc::clone(ground), Arc::clone(&ordering));
        callers.spawn(async move {
            let mut placed = 0_usize;
            while start.elapsed() < duration {
                let (id, role) = (UserId::new(ground.ids.next_id()), Role::Customer);
                let meta = CommandMeta {
                    actor: Actor::User { id, role },
                    ..ground.meta()
                };
                ordering.send(two_lines(products), meta).await.unwrap();
                placed += 1;
            }
            placed
        });
    }
    let placed: usize = callers.join_all().await.into_iter().sum();
    let rate = placed as f64 / start.elapsed().as_secs_f64();
    if let Some(relays) = relays {
        relays.end().await;
    }
    rate
}

/// Attaches consumers of the same events as Orderly's own.
fn attach(ground: &Ground) -> Relays {
    let handler = Arc::new(Idle);
    let new = |name, context, source| Consumer::new(name, context, source, Beginning::StartOfTheLog);
    let notifications = &ground.notifications.database;
    ground.relay(vec![
        (
            new("ordering.users", "ordering", "accounts")
                .on::<UserAccountCreated, _>(&handler)
                .on::<UserEmailChanged, _>(&handler)
                .on::<UserDeactivated, _>(&handler)
                .on::<UserReactivated, _>(&handler),
            &ground.ordering_database,
        ),
        (
            new("notifications.users", "notifications", "accounts")
                .on::<UserAccountCreated, _>(&handler)
                .on::<UserEmailChanged, _>(&handler),
            notifications,
        ),
        (
            new("notifications.orders", "notifications", "ordering")
                .calling_outside(Limits::default())
                .on::<OrderConfirmed, _>(&handler)
                .on::<OrderShipped, _>(&handler)
                .on::<OrderCancelled, _>(&handler),
            notifications,
        ),
    ])
}

/// Two products on the price list.
async fn listed(ground: &Ground, ordering: &Ordering) -> [ProductId; 2] {
    let products = [("Teapot", 19_99), ("Cup", 4_50)].map(|(name, cents)| ProductListed {
        product_id: ProductId::new(ground.ids.next_id()),
        sku: name.to_owned(),
        name: name.to_owned(),
        unit_price: Money::from_minor_units(cents, Currency::Usd).unwrap(),
    });
    for product in &products {
        ordering.react(product.clone(), ground.meta()).await.unwrap();
    }
    products.map(|product| product.product_id)
}

fn two_lines(products: [ProductId; 2]) -> PlaceOrder {
    let line = |product_id, quantity| LineToOrder {
        product_id,
        quantity: Quantity::new(quantity).unwrap(),
        product_name: None,
        unit_price: None,
        stock: LineStock::Asked,
    };
    let [teapot, cup] = products;
    PlaceOrder {
        currency: Currency::Usd,
        lines: vec![line(teapot, 2), line(cup, 6)],
        customer_id: None,
    }
}
