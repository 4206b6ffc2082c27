//! Placing orders.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering as Atomic},
};

use message_bus::{Actor, Handles, ReactsTo, UseCaseError};
use serde_json::json;
use shared_kernel::{
    Currency, IdGenerator, OrderId, Version,
    events::{UserAccountCreated, UserDeactivated},
    in_memory::CountingIds,
};

use super::shop::{Shop, a_line, ada, an_order, bob, code, customer, staff};
use crate::PlaceOrder;

#[tokio::test]
async fn a_placed_order_is_answered_as_the_api_shows_it() {
    let shop = Shop::new();
    let order = shop.placed(customer(ada()), vec![a_line("19.99", 2)]).await;
    let shown = serde_json::to_value(&order).unwrap();
    let expected = json!({
        "id": order.id,
        "reference": order.reference,
        "customer_id": ada(),
        "status": "pending",
        "allocation": "none",
        "currency": "USD",
        "lines": [{
            "id": order.lines[0].id,
            "product_id": order.lines[0].product_id,
            "product_name": "Teapot",
            "quantity": 2,
            "unit_price": { "amount": "19.99", "currency": "USD" },
            "total": { "amount": "39.98", "currency": "USD" },
        }],
        "total": { "amount": "39.98", "currency": "USD" },
        "shipping_address": null,
        "cancellation": null,
        "shipment": null,
        "placed_at": "2026-01-01T00:00:00.000000Z",
        "updated_at": "2026-01-01T00:00:00.000000Z",
        "version": 1,
        "allowed_actions": ["add_line", "remove_line", "change_quantity", "confirm", "cancel"],
    });
    assert_eq!(shown, expected);
    assert_eq!(
        shop.ordering.order(order.id, &customer(ada())).await.unwrap(),
        order
    );
}

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
    let result = shop.ordering.send(too_much, shop.meta(customer(ada()))).await;
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
    let account = UserAccountCreated {
        user_id: ada(),
        email: "ada@example.com".parse().unwrap(),
    };
    shop.ordering
        .react(account, shop.reacting(ada(), 1))
        .await
        .unwrap();
    shop.ordering
        .react(UserDeactivated { user_id: ada() }, shop.reacting(ada(), 2))
        .await
        .unwrap();
    let result = shop
        .ordering
        .send(an_order(vec![]), shop.meta(customer(ada())))
        .await;
    assert_eq!(code(result), "customer_closed");
}

#[tokio::test]
async fn only_staff_order_for_somebody_else() {
    let shop = Shop::new();
    let for_bob = PlaceOrder {
        customer_id: Some(bob().into()),
        ..an_order(vec![])
    };
    let result = shop
        .ordering
        .send(for_bob.clone(), shop.meta(customer(ada())))
        .await;
    assert_eq!(code(result), "ordering_for_somebody_else");
    let order = shop
        .ordering
        .send(for_bob.clone(), shop.meta(staff()))
        .await
        .unwrap();
    assert_eq!(order.customer_id, bob().into());
    let order = shop
        .ordering
        .send(for_bob, shop.meta(customer(bob())))
        .await
        .unwrap();
    assert_eq!(order.customer_id, bob().into());
}

#[tokio::test]
async fn somebody_who_is_no_customer_has_to_name_one() {
    let shop = Shop::new();
    for nobody in [Actor::Operator, Actor::Anonymous] {
        let result = shop.ordering.send(an_order(vec![]), shop.meta(nobody)).await;
        assert_eq!(code(result), "customer_missing");
    }
}

#[tokio::test]
async fn the_same_key_gives_the_same_order_and_not_a_second_one() {
    let shop = Shop::new();
    let place = || an_order(vec![a_line("1.00", 1)]);
    shop.list_teapots(&place().lines).await;
    let first = shop
        .ordering
        .send(place(), shop.meta_with_key(customer(ada()), "key"))
        .await
        .unwrap();
    let second = shop
        .ordering
        .send(place(), shop.meta_with_key(customer(ada()), "key"))
        .await
        .unwrap();
    assert_eq!(first, second);
    assert_eq!(shop.store.events().len(), 1);
}

#[tokio::test]
async fn a_refusal_leaves_its_key_free() {
    let shop = Shop::new();
    let meta = || shop.meta_with_key(customer(ada()), "key");
    let in_euro = PlaceOrder {
        currency: Currency::Eur,
        ..an_order(vec![a_line("1.00", 1)])
    };
    shop.list_teapots(&in_euro.lines).await;
    assert_eq!(
        code(shop.ordering.send(in_euro, meta()).await),
        "currency_mismatch"
    );
    assert!(
        shop.ordering
            .send(an_order(vec![a_line("1.00", 1)]), meta())
            .await
            .is_ok()
    );
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
    let result = shop
        .ordering
        .send(an_order(vec![]), shop.meta(customer(ada())))
        .await;
    assert!(matches!(result, Err(UseCaseError::Unavailable(_))), "{result:?}");
}

#[tokio::test]
async fn an_order_that_is_not_there_is_not_found() {
    let shop = Shop::new();
    let id = OrderId::new(shop.ids.next_id());
    let result = shop.ordering.order(id, &staff()).await;
    assert!(matches!(result, Err(UseCaseError::NotFound(not_found)) if not_found.what == "order"));
}
