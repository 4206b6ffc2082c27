//! Prices come from the price list, which follows the catalogue, and from the customer's tier.

use message_bus::{Actor, CommandMeta, Conflict, Delivery, Handles, ReactsTo, UseCaseError};
use shared_kernel::{
    Currency, CustomerId, EventId, IdGenerator, LineStock, Money, ProductId, Version,
    events::{ProductDelisted, ProductListed, ProductRepriced},
};

use super::shop::{Shop, a_line, account, ada, an_order, code, customer, staff, teapot_at, usd};
use crate::{AddLine, ChangeCustomerTier, CustomerView, LineToOrder, OrderView, PlaceOrder};

fn teapot() -> ProductId {
    teapot_at(usd("20.00"))
}

/// The meta of a reaction to version `version` of the teapot.
fn told(shop: &Shop, version: u32) -> CommandMeta {
    let consumer = "ordering.products";
    let delivery = Delivery {
        consumer,
        event_id: EventId::new(shop.ids.next_id()),
        aggregate_id: teapot().uuid(),
        version: Version::new(version),
        previous_version: Version::new(version - 1),
    };
    CommandMeta {
        delivery: Some(delivery),
        ..shop.meta(Actor::Consumer(consumer))
    }
}

pub(super) async fn list(shop: &Shop) {
    let listed = ProductListed {
        product_id: teapot(),
        sku: "POT".to_owned(),
        name: "Teapot".to_owned(),
        unit_price: usd("20.00"),
    };
    shop.ordering.react(listed, told(shop, 1)).await.unwrap();
}

pub(super) async fn reprice(shop: &Shop, name: &str, amount: &str) {
    let repriced = ProductRepriced {
        product_id: teapot(),
        sku: "POT".to_owned(),
        name: name.to_owned(),
        unit_price: usd(amount),
    };
    shop.ordering.react(repriced, told(shop, 2)).await.unwrap();
}

pub(super) async fn delist(shop: &Shop, version: u32) {
    let product_id = teapot();
    let delisted = ProductDelisted { product_id };
    shop.ordering.react(delisted, told(shop, version)).await.unwrap();
}

/// One teapot at the price that is expected, if any is.
pub(super) fn one(expected: Option<Money>) -> LineToOrder {
    LineToOrder {
        unit_price: expected,
        ..a_line("20.00", 1)
    }
}

pub(super) async fn order(shop: &Shop, line: LineToOrder) -> Result<OrderView, UseCaseError> {
    let place = an_order(vec![line]);
    shop.send(place, customer(ada())).await
}

/// A line's data of its product.
fn first_line(order: Result<OrderView, UseCaseError>) -> (String, Money) {
    let line = order.unwrap().lines.remove(0);
    (line.product_name, line.unit_price)
}

pub(super) async fn register(shop: &Shop) {
    shop.hears(1, account()).await;
}

pub(super) async fn put_at_tier(shop: &Shop, tier: &str) -> Result<CustomerView, UseCaseError> {
    let command = ChangeCustomerTier {
        customer_id: ada().into(),
        tier: tier.to_owned(),
    };
    shop.send(command, staff()).await
}

#[tokio::test]
async fn name_and_price_are_the_price_lists_and_follow_it() {
    let shop = Shop::new();
    assert_eq!(code(order(&shop, one(None)).await), "unknown_product");
    list(&shop).await;
    let before = order(&shop, one(None)).await.unwrap();
    assert_eq!(before.lines[0].unit_price, usd("20.00"));
    reprice(&shop, "Pot", "21.00").await;
    assert_eq!(
        first_line(order(&shop, one(None)).await),
        ("Pot".to_owned(), usd("21.00"))
    );
    let kept = shop.ordering.order(before.id, &staff()).await.unwrap();
    assert_eq!(kept, before, "an order that is placed keeps its prices");
    delist(&shop, 3).await;
    assert_eq!(code(order(&shop, one(None)).await), "unknown_product");
}

#[tokio::test]
async fn a_price_that_was_given_is_todays_or_the_order_is_refused_with_todays() {
    let shop = Shop::new();
    list(&shop).await;
    order(&shop, one(Some(usd("20.00")))).await.unwrap();
    reprice(&shop, "Teapot", "21.00").await;
    let result = order(&shop, one(Some(usd("20.00")))).await;
    let Err(UseCaseError::Refused(refusal)) = result else {
        panic!("{result:?}");
    };
    assert_eq!(refusal.code, "price_changed");
    let facts = serde_json::to_value(&refusal.facts).unwrap();
    let expected = serde_json::json!({
        "product_id": teapot(),
        "given": {"amount": "20.00", "currency": "USD"},
        "current": {"amount": "21.00", "currency": "USD"},
    });
    assert_eq!(facts, expected);
}

#[tokio::test]
async fn a_customer_pays_by_their_tier_from_when_staff_put_them_there() {
    let shop = Shop::new();
    list(&shop).await;
    register(&shop).await;
    for (tier, price, version) in [
        ("standard", "20.00", 1),
        ("silver", "19.00", 2),
        ("gold", "18.00", 3),
        ("gold", "18.00", 3),
    ] {
        let view = put_at_tier(&shop, tier).await.unwrap();
        assert_eq!((view.tier.as_str(), view.version), (tier, Version::new(version)));
        assert_eq!(
            first_line(order(&shop, one(Some(usd(price)))).await).1,
            usd(price)
        );
    }
    assert_eq!(
        shop.events_of(CustomerId::from(ada())),
        ["CustomerRegistered", "CustomerTierChanged", "CustomerTierChanged"]
    );
    // The customer's tier counts, whoever orders for them.
    let for_ada = PlaceOrder {
        customer_id: Some(ada().into()),
        ..an_order(vec![one(None)])
    };
    let placed = shop.send(for_ada, staff()).await;
    assert_eq!(first_line(placed).1, usd("18.00"));
    let empty = shop.placed(customer(ada()), vec![]).await;
    let add = AddLine {
        order_id: empty.id,
        line: one(None),
    };
    let added = shop.send(add, customer(ada())).await;
    assert_eq!(first_line(added).1, usd("18.00"));
}

#[tokio::test]
async fn a_tier_that_there_is_not_or_somebody_who_is_not_there_is_refused() {
    let shop = Shop::new();
    let nobody = put_at_tier(&shop, "gold").await;
    assert!(matches!(nobody, Err(UseCaseError::NotFound(not_found)) if not_found.what == "customer"));
    register(&shop).await;
    let result = put_at_tier(&shop, "platinum").await;
    assert!(matches!(result, Err(UseCaseError::Refused(refusal)) if refusal.code == "unknown_tier"));
    let command = ChangeCustomerTier {
        customer_id: ada().into(),
        tier: "gold".to_owned(),
    };
    let meta = CommandMeta {
        expected_version: Some(Version::new(4)),
        ..shop.meta(staff())
    };
    let stale = shop.ordering.send(command, meta).await;
    assert!(
        matches!(stale, Err(UseCaseError::Conflict(Conflict::StaleVersion { .. }))),
        "{stale:?}"
    );
}

#[tokio::test]
async fn staff_write_lines_of_their_own() {
    let shop = Shop::new();
    let custom = LineToOrder {
        product_name: Some("Sample".to_owned()),
        ..one(Some(usd("1.00")))
    };
    assert_eq!(code(order(&shop, custom.clone()).await), "unknown_product");
    let place = an_order(vec![custom.clone()]);
    let placed = shop.send(place, staff()).await.unwrap();
    assert_eq!(placed.lines[0].product_name, "Sample");
    let add = AddLine {
        order_id: placed.id,
        line: custom,
    };
    let added = shop.send(add, staff()).await.unwrap();
    assert_eq!(added.total, usd("2.00"));
}

#[tokio::test]
async fn a_fee_asks_for_no_stock_and_an_order_of_it_alone_ships_at_once() {
    let shop = Shop::new();
    let fee = LineToOrder {
        product_name: Some("Shipping".to_owned()),
        stock: LineStock::NotAsked,
        ..one(Some(usd("4.90")))
    };
    assert_eq!(code(order(&shop, fee.clone()).await), "unknown_product");
    let for_ada = PlaceOrder {
        customer_id: Some(ada().into()),
        ..an_order(vec![fee.clone()])
    };
    let placed = shop.send(for_ada, staff()).await.unwrap();
    assert_eq!(placed.lines[0].stock, LineStock::NotAsked);
    let confirmed = shop.confirm(placed.id).await.unwrap();
    assert_eq!(confirmed.allocation, "none");
    assert!(confirmed.is_settled(), "nobody has to wait for it");
    let told = shop.store.events().last().unwrap().data.clone();
    assert_eq!(told["lines"][0]["stock"], false);
    assert_eq!(shop.ship(placed.id).await.unwrap().status, "shipped");
    list(&shop).await;
    for actor in [staff(), customer(ada())] {
        let result = shop.send(an_order(vec![fee.clone()]), actor).await;
        assert_eq!(code(result), "listed_product_asks_for_stock");
    }
}

#[tokio::test]
async fn a_product_that_was_delisted_before_it_was_heard_of_stays_unknown() {
    let shop = Shop::new();
    delist(&shop, 1).await;
    assert_eq!(code(order(&shop, one(None)).await), "unknown_product");
}

#[tokio::test]
async fn too_many_lines_are_told_before_their_prices_are_looked_up() {
    let shop = Shop::new();
    let lines = vec![one(None); 51];
    let result = shop.send(an_order(lines), customer(ada())).await;
    assert_eq!(code(result), "order_line_limit");
    let euros = PlaceOrder {
        currency: Currency::Eur,
        ..an_order(vec![one(None)])
    };
    list(&shop).await;
    let result = shop.send(euros, customer(ada())).await;
    assert_eq!(code(result), "currency_mismatch");
}
