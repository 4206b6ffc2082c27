//! Placing orders.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering as Atomic},
};

use message_bus::{Actor, UseCaseError};
use serde_json::json;
use shared_kernel::{IdGenerator, OrderId, Version, in_memory::CountingIds};

use super::shop::{Shop, a_line, account, ada, an_order, bob, code, customer, deactivated, staff};
use crate::PlaceOrder;

#[tokio::test]
async fn a_placed_order_is_told_of_with_its_lines() {
    let shop = Shop::new();
    let order = shop.placed(customer(ada()), vec![a_line("19.99", 2)]).await;
    let events = shop.store.events();
    assert_eq!(events.len(), 1);
    let event = &events[0];
    assert_eq!(
        (event.event_type.as_str(), event.source.as_str()),
        ("OrderPlaced", "ordering")
    );
    assert_eq!(event.aggregate_version, Version::FIRST);
    assert_eq!(event.data["reference"], order.reference.as_str());
    assert_eq!(
        event.data["total"],
        json!({ "amount": "39.98", "currency": "USD" })
    );
    assert_eq!(event.data["lines"][0]["quantity"], 2);
}

#[tokio::test]
async fn an_order_that_a_rule_refuses_leaves_nothing() {
    let shop = Shop::new();
    let too_much = an_order(vec![a_line("10000.00", 1), a_line("0.01", 1)]);
    shop.list_teapots(&too_much.lines).await;
    let result = shop.send(too_much, customer(ada())).await;
    assert_eq!(code(result), "order_total_limit");
    assert!(shop.store.events().is_empty());
}

#[tokio::test]
async fn an_order_arriving_before_the_news_of_the_account_is_accepted() {
    let shop = Shop::new();
    let order = shop.placed(customer(ada()), vec![]).await;
    assert_eq!(order.customer_id, ada().into());
}

#[tokio::test]
async fn a_closed_customer_is_refused() {
    let shop = Shop::new();
    shop.hears(1, account()).await;
    shop.hears(2, deactivated()).await;
    let result = shop.send(an_order(vec![]), customer(ada())).await;
    assert_eq!(code(result), "customer_closed");
}

#[tokio::test]
async fn only_staff_order_for_somebody_else() {
    let shop = Shop::new();
    let for_bob = PlaceOrder {
        customer_id: Some(bob().into()),
        ..an_order(vec![])
    };
    let result = shop.send(for_bob.clone(), customer(ada())).await;
    assert_eq!(code(result), "ordering_for_somebody_else");
    let order = shop.send(for_bob.clone(), staff()).await.unwrap();
    assert_eq!(order.customer_id, bob().into());
    let order = shop.send(for_bob, customer(bob())).await.unwrap();
    assert_eq!(order.customer_id, bob().into());
}

#[tokio::test]
async fn somebody_who_is_no_customer_has_to_name_one() {
    let shop = Shop::new();
    for nobody in [Actor::Operator, Actor::Anonymous] {
        let result = shop.send(an_order(vec![]), nobody).await;
        assert_eq!(code(result), "customer_missing");
    }
}

/// Draws the same bits a few times over, and counts on.
struct StutteringIds {
    stutters: u32,
    drawn: AtomicU32,
    ids: CountingIds,
}

impl IdGenerator for StutteringIds {
    fn next_id(&self) -> uuid::Uuid {
        self.ids.next_id()
    }

    fn random_bytes(&self) -> [u8; 32] {
        if self.drawn.fetch_add(1, Atomic::SeqCst) < self.stutters {
            return [9; 32];
        }
        self.ids.random_bytes()
    }
}

fn shop_that_stutters(stutters: u32) -> Shop {
    let source = StutteringIds {
        stutters,
        drawn: AtomicU32::new(0),
        ids: CountingIds::default(),
    };
    Shop::drawing_from(Arc::new(source), Arc::default(), |store| store)
}

#[tokio::test]
async fn a_reference_that_is_taken_is_drawn_again() {
    let shop = shop_that_stutters(3);
    let first = shop.placed(customer(ada()), vec![]).await;
    let second = shop.placed(customer(ada()), vec![]).await;
    assert_eq!(first.reference, "144G-J289");
    assert_ne!(second.reference, first.reference);
    assert_ne!(second.id, first.id);
}

#[tokio::test]
async fn drawing_again_comes_to_an_end() {
    let shop = shop_that_stutters(u32::MAX);
    shop.placed(customer(ada()), vec![]).await;
    let result = shop.send(an_order(vec![]), customer(ada())).await;
    assert!(matches!(result, Err(UseCaseError::Unavailable(_))), "{result:?}");
}

#[tokio::test]
async fn an_order_that_is_not_there_is_not_found() {
    let shop = Shop::new();
    let id = OrderId::new(shop.ids.next_id());
    let result = shop.ordering.order(id, &staff()).await;
    assert!(matches!(result, Err(UseCaseError::NotFound(not_found)) if not_found.what == "order"));
}
