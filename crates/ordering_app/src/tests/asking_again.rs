//! A pending order locks no price and does not circumvent delisting: its lines are checked again.

use message_bus::{Actor, UseCaseError};
use shared_kernel::{OrderLineId, Quantity, Refusal};

use super::{
    pricing::{delist, list, one, order, put_at_tier, register, reprice},
    shop::{Shop, ada, an_order, code, customer, deactivated, staff, to_london, usd},
};
use crate::{AddLine, ChangeQuantity, ConfirmOrder, LineToOrder, OrderView, RemoveLine};

async fn confirm(shop: &Shop, order: &OrderView, actor: Actor) -> Result<OrderView, UseCaseError> {
    let command = ConfirmOrder {
        order_id: order.id,
        shipping_address: to_london(),
    };
    shop.send(command, actor).await
}

async fn change(
    shop: &Shop,
    order: &OrderView,
    line_id: OrderLineId,
    quantity: i64,
) -> Result<OrderView, UseCaseError> {
    let command = ChangeQuantity {
        order_id: order.id,
        line_id,
        quantity: Quantity::new(quantity).unwrap(),
    };
    shop.send(command, customer(ada())).await
}

async fn add(shop: &Shop, order: &OrderView, line: LineToOrder) -> Result<OrderView, UseCaseError> {
    let order_id = order.id;
    let command = AddLine { order_id, line };
    shop.send(command, customer(ada())).await
}

fn refusal(result: Result<OrderView, UseCaseError>) -> Refusal {
    match result {
        Err(UseCaseError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn another_price_is_told_with_both_and_accepted_by_adding_the_line_anew() {
    for amount in ["21.00", "19.00"] {
        let shop = Shop::new();
        list(&shop).await;
        let placed = order(&shop, one(None)).await.unwrap();
        let line_id = placed.lines[0].id;
        reprice(&shop, "Pot", amount).await;
        for actor in [customer(ada()), staff()] {
            let refused = refusal(confirm(&shop, &placed, actor).await);
            assert_eq!(refused.code, "price_changed");
            let changed = serde_json::json!({
                "product_id": placed.lines[0].product_id,
                "given": {"amount": "20.00", "currency": "USD"},
                "current": {"amount": amount, "currency": "USD"},
            });
            let mut line = changed.clone();
            line["line_id"] = serde_json::json!(line_id);
            let mut facts = changed;
            facts["lines"] = serde_json::json!([line]);
            assert_eq!(serde_json::to_value(&refused.facts).unwrap(), facts);
        }
        assert_eq!(code(change(&shop, &placed, line_id, 2).await), "price_changed");

        let remove = RemoveLine {
            order_id: placed.id,
            line_id,
        };
        shop.send(remove, customer(ada())).await.unwrap();
        add(&shop, &placed, one(Some(usd(amount)))).await.unwrap();
        let confirmed = confirm(&shop, &placed, customer(ada())).await.unwrap();
        assert_eq!(
            (confirmed.status.as_str(), confirmed.total),
            ("confirmed", usd(amount))
        );
    }
}

#[tokio::test]
async fn a_refused_confirmation_leaves_the_order_as_it_was() {
    let shop = Shop::new();
    list(&shop).await;
    let placed = order(&shop, one(None)).await.unwrap();
    let events = shop.store.events().len();
    reprice(&shop, "Teapot", "21.00").await;
    confirm(&shop, &placed, customer(ada())).await.unwrap_err();
    assert_eq!(shop.ordering.order(placed.id, &staff()).await.unwrap(), placed);
    assert_eq!(shop.store.events().len(), events);
}

#[tokio::test]
async fn a_better_tier_is_another_price() {
    let shop = Shop::new();
    list(&shop).await;
    register(&shop).await;
    let placed = order(&shop, one(None)).await.unwrap();
    put_at_tier(&shop, "gold").await.unwrap();
    let refused = refusal(confirm(&shop, &placed, customer(ada())).await);
    let facts = serde_json::to_value(&refused.facts).unwrap();
    assert_eq!(
        (refused.code, &facts["current"]["amount"]),
        ("price_changed", &"18.00".into())
    );
}

#[tokio::test]
async fn a_product_that_was_delisted_meanwhile_is_refused_and_can_be_taken_off() {
    let shop = Shop::new();
    list(&shop).await;
    let placed = order(
        &shop,
        LineToOrder {
            quantity: Quantity::new(3).unwrap(),
            ..one(None)
        },
    )
    .await
    .unwrap();
    let line_id = placed.lines[0].id;
    delist(&shop, 2).await;
    let refused = refusal(confirm(&shop, &placed, customer(ada())).await);
    let facts = serde_json::to_value(&refused.facts).unwrap();
    assert_eq!(refused.code, "unknown_product");
    assert_eq!(facts["lines"][0]["line_id"], serde_json::json!(line_id));
    assert_eq!(code(change(&shop, &placed, line_id, 4).await), "unknown_product");
    change(&shop, &placed, line_id, 3).await.unwrap();
    change(&shop, &placed, line_id, 2).await.unwrap();
    // Staff may order a delisted product by its name and its price, and that is what they confirm.
    let confirmed = confirm(&shop, &placed, staff()).await.unwrap();
    assert_eq!(confirmed.total, usd("40.00"));
}

#[tokio::test]
async fn a_line_of_staffs_own_is_compared_with_nothing_whatever_the_list_says_later() {
    let shop = Shop::new();
    let fee = LineToOrder {
        product_name: Some("Shipping".to_owned()),
        unit_price: Some(usd("4.90")),
        ..one(None)
    };
    let for_ada = crate::PlaceOrder {
        customer_id: Some(ada().into()),
        ..an_order(vec![fee])
    };
    let placed = shop.send(for_ada, staff()).await.unwrap();
    let line_id = placed.lines[0].id;
    // Its product is listed, at another price, and delisted.
    list(&shop).await;
    change(&shop, &placed, line_id, 2).await.unwrap();
    delist(&shop, 2).await;
    let confirmed = confirm(&shop, &placed, customer(ada())).await.unwrap();
    assert_eq!(confirmed.total, usd("9.80"));
}

#[tokio::test]
async fn whoever_is_closed_meanwhile_confirms_nothing_and_gets_no_more() {
    let shop = Shop::new();
    list(&shop).await;
    register(&shop).await;
    let placed = order(
        &shop,
        LineToOrder {
            quantity: Quantity::new(2).unwrap(),
            ..one(None)
        },
    )
    .await
    .unwrap();
    let line_id = placed.lines[0].id;
    shop.hears(2, deactivated()).await;
    for actor in [customer(ada()), staff()] {
        assert_eq!(code(confirm(&shop, &placed, actor).await), "customer_closed");
    }
    assert_eq!(code(change(&shop, &placed, line_id, 3).await), "customer_closed");
    assert_eq!(code(add(&shop, &placed, one(None)).await), "customer_closed");
    change(&shop, &placed, line_id, 1).await.unwrap();
}
