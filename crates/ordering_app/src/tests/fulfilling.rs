//! An order's steps from its lines to its delivery, and who may take them.

use message_bus::{Actor, CommandMeta, Conflict, Handles, UseCaseError};
use shared_kernel::{OrderLineId, Quantity, Version};

use super::shop::{Shop, a_line, ada, bob, cancelling, code, customer, staff, to_london};
use crate::{
    AddLine, AddressGiven, CancelOrder, ChangeQuantity, ChangeShippingAddress, ConfirmOrder, DeliverOrder,
    OrderView, RemoveLine,
};

fn not_found(result: Result<OrderView, UseCaseError>) -> &'static str {
    match result {
        Err(UseCaseError::NotFound(not_found)) => not_found.what,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_order_goes_from_pending_to_delivered_with_one_event_for_each_version() {
    let shop = Shop::new();
    let order = shop.placed(customer(ada()), vec![a_line("10.00", 1)]).await;
    shop.list_teapots(&[a_line("5.00", 1)]).await;
    let meta = || shop.meta(customer(ada()));
    let add = AddLine {
        order_id: order.id,
        line: a_line("5.00", 1),
    };
    let order = shop.ordering.send(add, meta()).await.unwrap();
    let (order_id, line_id) = (order.id, order.lines[1].id);
    let quantity = Quantity::new(3).unwrap();
    let order = shop
        .ordering
        .send(
            ChangeQuantity {
                order_id,
                line_id,
                quantity,
            },
            meta(),
        )
        .await
        .unwrap();
    assert_eq!(order.total.to_string(), "USD 25.00");
    let order = shop
        .ordering
        .send(RemoveLine { order_id, line_id }, meta())
        .await
        .unwrap();
    assert_eq!(order.lines.len(), 1);

    let confirmed = shop.confirm(order_id).await.unwrap();
    assert_eq!(
        (confirmed.status.as_str(), confirmed.allocation.as_str()),
        ("confirmed", "requested")
    );
    assert_eq!(confirmed.shipping_address.unwrap().postal_code, "SW1Y 4JH");
    assert_eq!(confirmed.allowed_actions, ["change_shipping_address", "cancel"]);

    shop.stock_is_reserved(order_id).await.unwrap();
    let reserved = shop.ordering.order(order_id, &customer(ada())).await.unwrap();
    assert_eq!(reserved.allocation, "reserved");
    assert_eq!(
        reserved.allowed_actions,
        ["change_shipping_address", "cancel", "ship"]
    );

    shop.clock.advance_seconds(60);
    let shipped = shop.ship(order_id).await.unwrap();
    assert_eq!(shipped.shipment.unwrap().carrier, "Royal Mail");
    assert_eq!(shipped.updated_at, shipped.placed_at.plus_seconds(60));
    let delivered = shop.send(DeliverOrder { order_id }, staff()).await.unwrap();
    assert_eq!(
        (delivered.status.as_str(), delivered.version),
        ("delivered", Version::new(8))
    );
    assert!(delivered.allowed_actions.is_empty());

    let events = [
        "OrderPlaced",
        "OrderLineAdded",
        "OrderLineQuantityChanged",
        "OrderLineRemoved",
        "OrderConfirmed",
        "OrderStockReserved",
        "OrderShipped",
        "OrderDelivered",
    ];
    assert_eq!(shop.events_of(order_id), events);
    assert_eq!(
        shop.ordering.order(order_id, &customer(ada())).await.unwrap(),
        delivered
    );
}

#[tokio::test]
async fn cancelling_tells_the_reason() {
    let shop = Shop::new();
    let order = shop.confirmed().await;
    let cancel = CancelOrder {
        order_id: order.id,
        reason: Some("changed my mind".to_owned()),
    };
    let order = shop.send(cancel.clone(), customer(ada())).await.unwrap();
    assert_eq!(order.cancellation.unwrap().reason.unwrap(), "changed my mind");
    assert_eq!(
        shop.store.events().last().unwrap().data["reason"],
        "changed my mind"
    );
    let again = shop.send(cancel, customer(ada())).await;
    assert_eq!(code(again), "order_already_cancelled");
}

#[tokio::test]
async fn a_confirmed_order_goes_to_another_address_and_tells_no_other_context() {
    let shop = Shop::new();
    let order = shop.placed(customer(ada()), vec![a_line("1.00", 1)]).await;
    let change = |shipping_address| ChangeShippingAddress {
        order_id: order.id,
        shipping_address,
    };
    let elsewhere = AddressGiven {
        postal_code: "EC1A 1BB".to_owned(),
        ..to_london()
    };
    let too_early = shop.send(change(elsewhere.clone()), customer(ada())).await;
    assert_eq!(code(too_early), "address_not_changeable");
    shop.confirm(order.id).await.unwrap();
    let stranger = shop.send(change(elsewhere.clone()), customer(bob())).await;
    assert_eq!(not_found(stranger), "order");
    let nowhere = AddressGiven {
        country: String::new(),
        ..to_london()
    };
    let incomplete = shop.send(change(nowhere), customer(ada())).await;
    assert_eq!(code(incomplete), "address_incomplete");
    let changed = shop.send(change(elsewhere), staff()).await.unwrap();
    assert_eq!(changed.shipping_address.unwrap().postal_code, "EC1A 1BB");
    assert_eq!(
        shop.events_of(order.id),
        ["OrderPlaced", "OrderConfirmed", "OrderAddressChanged"]
    );
    let event = shop.store.events().pop().unwrap();
    assert_eq!(event.data["shipping_address"]["postal_code"], "EC1A 1BB");
}

#[tokio::test]
async fn an_address_without_a_country_is_refused_before_the_order_is_looked_at() {
    let shop = Shop::new();
    let order = shop.placed(customer(ada()), vec![a_line("1.00", 1)]).await;
    let nowhere = AddressGiven {
        country: String::new(),
        ..to_london()
    };
    let confirm = ConfirmOrder {
        order_id: order.id,
        shipping_address: nowhere,
    };
    assert_eq!(
        code(shop.send(confirm, customer(ada())).await),
        "address_incomplete"
    );
    assert_eq!(shop.events_of(order.id), ["OrderPlaced"]);
}

#[tokio::test]
async fn somebody_elses_order_is_not_found_and_stays_as_it_is() {
    let shop = Shop::new();
    let order = shop.placed(customer(ada()), vec![a_line("1.00", 1)]).await;
    for stranger in [customer(bob()), Actor::Anonymous] {
        let cancel = cancelling(order.id);
        // Whose it is counts before the version that is named.
        let meta = CommandMeta {
            expected_version: Some(Version::new(99)),
            ..shop.meta(stranger.clone())
        };
        assert_eq!(not_found(shop.ordering.send(cancel, meta).await), "order");
        assert_eq!(not_found(shop.ordering.order(order.id, &stranger).await), "order");
    }
    assert_eq!(shop.ordering.order(order.id, &staff()).await.unwrap(), order);
}

#[tokio::test]
async fn a_line_that_is_not_there_is_not_found() {
    let shop = Shop::new();
    let order = shop.placed(customer(ada()), vec![a_line("1.00", 1)]).await;
    let line_id = OrderLineId::new(order.id.uuid());
    let remove = RemoveLine {
        order_id: order.id,
        line_id,
    };
    assert_eq!(not_found(shop.send(remove, customer(ada())).await), "order_line");
}

#[tokio::test]
async fn a_stale_version_is_a_conflict_that_names_the_current_one() {
    let shop = Shop::new();
    let order = shop.confirmed().await;
    let expecting = |version| CommandMeta {
        expected_version: Some(Version::new(version)),
        ..shop.meta(customer(ada()))
    };
    let cancel = || cancelling(order.id);
    let result = shop.ordering.send(cancel(), expecting(1)).await;
    let Err(UseCaseError::Conflict(conflict)) = result else {
        panic!("{result:?}");
    };
    let stale = Conflict::StaleVersion {
        expected: Version::new(1),
        current: Version::new(2),
    };
    assert_eq!(conflict, stale);
    assert!(shop.ordering.send(cancel(), expecting(2)).await.is_ok());
}
