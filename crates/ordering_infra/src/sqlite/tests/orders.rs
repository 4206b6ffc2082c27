//! Orders and customers, written and read again.

use message_bus::{CommandMeta, CommitError, Handles, ReactsTo, UseCaseError};
use ordering_app::{
    AddLine, AddressGiven, CancelOrder, ChangeQuantity, ConfirmOrder, DeliverOrder, OrderView, RemoveLine,
    ShipOrder, VisibleTo,
};
use ordering_domain::{Order, OrderReference, Placement};
use shared_kernel::{
    Clock, Currency, IdGenerator, OrderId, Quantity, ReservationId, Version,
    events::{StockReserved, UserAccountCreated, UserDeactivated},
};

use super::shop::{Shop, a_line, ada, bob, staff};

async fn stored(shop: &Shop, order: &OrderView) -> OrderView {
    shop.ordering.order(order.id, &staff()).await.unwrap()
}

#[tokio::test]
async fn an_order_is_read_as_it_was_answered_at_every_step_of_its_life() {
    let shop = Shop::new();
    let order = shop
        .placed(ada(), vec![a_line("Teapot", 2), a_line("Cup", 4)])
        .await;
    assert_eq!(stored(&shop, &order).await, order);
    let order_id = order.id;

    let line_id = order.lines[1].id;
    let quantity = Quantity::new(6).unwrap();
    let change = ChangeQuantity {
        order_id,
        line_id,
        quantity,
    };
    let order = shop.ordering.send(change, shop.meta(ada())).await.unwrap();
    assert_eq!(stored(&shop, &order).await, order);

    let remove = RemoveLine {
        order_id,
        line_id: order.lines[0].id,
    };
    let order = shop.ordering.send(remove, shop.meta(ada())).await.unwrap();
    assert_eq!(stored(&shop, &order).await, order);

    let add = AddLine {
        order_id,
        line: a_line("Saucer", 6),
    };
    let order = shop.ordering.send(add, shop.meta(staff())).await.unwrap();
    let names: Vec<_> = order
        .lines
        .iter()
        .map(|line| line.product_name.as_str())
        .collect();
    assert_eq!(names, ["Cup", "Saucer"]);
    assert_eq!(stored(&shop, &order).await, order);

    let shipping_address = AddressGiven {
        street: "Hofburg 1".to_owned(),
        city: "Wien".to_owned(),
        state: String::new(),
        postal_code: "1010".to_owned(),
        country: "AT".to_owned(),
    };
    shop.clock.advance_seconds(1);
    let confirm = ConfirmOrder {
        order_id,
        shipping_address,
    };
    let order = shop.ordering.send(confirm, shop.meta(ada())).await.unwrap();
    assert_eq!(stored(&shop, &order).await, order);

    let reserved = StockReserved {
        order_id,
        reservation_id: ReservationId::new(shop.ids.next_id()),
        lines: Vec::new(),
    };
    shop.ordering.react(reserved, shop.meta(staff())).await.unwrap();
    let order = shop.ordering.order(order_id, &staff()).await.unwrap();
    assert_eq!(order.allocation, "reserved");

    let (carrier, tracking_number) = ("Post".to_owned(), "AT1".to_owned());
    let ship = ShipOrder {
        order_id,
        carrier,
        tracking_number,
    };
    let order = shop.ordering.send(ship, shop.meta(staff())).await.unwrap();
    assert_eq!(stored(&shop, &order).await, order);

    let order = shop
        .ordering
        .send(DeliverOrder { order_id }, shop.meta(staff()))
        .await
        .unwrap();
    assert_eq!(stored(&shop, &order).await, order);
    assert_eq!(order.version, Version::new(8));
}

#[tokio::test]
async fn a_cancelled_order_keeps_its_reason() {
    let shop = Shop::new();
    let order = shop.placed(ada(), vec![]).await;
    let cancel = CancelOrder {
        order_id: order.id,
        reason: Some("it's \"late\"".to_owned()),
    };
    let order = shop.ordering.send(cancel, shop.meta(ada())).await.unwrap();
    assert_eq!(stored(&shop, &order).await, order);
}

#[tokio::test]
async fn somebody_elses_order_is_not_found() {
    let shop = Shop::new();
    let order = shop.placed(ada(), vec![a_line("Teapot", 1)]).await;
    let read = shop.ordering.order(order.id, &bob()).await;
    assert!(matches!(read, Err(UseCaseError::NotFound(_))));
    let cancel = CancelOrder {
        order_id: order.id,
        reason: None,
    };
    let cancelled = shop.ordering.send(cancel, shop.meta(bob())).await;
    assert!(matches!(cancelled, Err(UseCaseError::NotFound(_))));
    assert_eq!(stored(&shop, &order).await, order);
}

#[tokio::test]
async fn of_two_who_loaded_the_same_version_one_commits_and_the_other_leaves_nothing() {
    let shop = Shop::new();
    let placed = shop.placed(ada(), vec![a_line("Teapot", 1)]).await;
    let mut units = Vec::new();
    for name in ["Cup", "Saucer"] {
        let mut unit = shop.begin();
        let mut order = unit
            .orders()
            .get(placed.id, VisibleTo::Everyone)
            .await
            .unwrap()
            .unwrap();
        let line = order.record().lines[0].clone();
        let line = ordering_domain::OrderLine {
            id: shared_kernel::OrderLineId::new(shop.ids.next_id()),
            product_name: name.to_owned(),
            ..line
        };
        order.add_line(line, shop.clock.now()).unwrap();
        unit.orders().save(order);
        units.push(unit);
    }
    let second = units.pop().unwrap();
    let first = units.pop().unwrap();
    first.commit(None).await.unwrap();
    assert!(matches!(
        second.commit(None).await,
        Err(CommitError::VersionConflict)
    ));
    let order = stored(&shop, &placed).await;
    let names: Vec<_> = order
        .lines
        .iter()
        .map(|line| line.product_name.as_str())
        .collect();
    assert_eq!((names, order.version), (vec!["Teapot", "Cup"], Version::new(2)));
}

#[tokio::test]
async fn a_reference_that_is_taken_is_named_by_its_index() {
    let shop = Shop::new();
    let place = |id| Placement {
        id: OrderId::new(id),
        reference: OrderReference::from_random_bits([9; 5]),
        customer_id: "0197b2c4-6d00-7000-8000-000000000001".parse().unwrap(),
        currency: Currency::Usd,
        lines: Vec::new(),
        placed_at: shop.clock.now(),
    };
    let mut results = Vec::new();
    for _ in 0..2 {
        let mut unit = shop.begin();
        unit.orders()
            .save(Order::place(place(shop.ids.next_id()), None).unwrap());
        results.push(unit.commit(None).await);
    }
    assert!(results[0].is_ok());
    let expected = ordering_app::store::REFERENCE_INDEX;
    assert!(
        matches!(&results[1], Err(CommitError::AlreadyExists { constraint }) if constraint == expected),
        "{results:?}"
    );
}

#[tokio::test]
async fn a_customer_is_read_as_the_events_of_the_account_left_them() {
    let shop = Shop::new();
    let user_id = ada().user_id().unwrap();
    let account = UserAccountCreated {
        user_id,
        email: "ada@example.com".parse().unwrap(),
    };
    let meta = |version: u32| {
        let delivery = message_bus::Delivery {
            consumer: "ordering.users",
            event_id: shared_kernel::EventId::new(shop.ids.next_id()),
            aggregate_id: user_id.uuid(),
            version: Version::new(version),
            previous_version: Version::new(version - 1),
        };
        CommandMeta {
            delivery: Some(delivery),
            ..shop.meta(staff())
        }
    };
    shop.ordering.react(account.clone(), meta(1)).await.unwrap();
    shop.ordering
        .react(UserDeactivated { user_id }, meta(2))
        .await
        .unwrap();
    assert!(shop.ordering.react(account, meta(1)).await.is_err());
    let customer = shop.ordering.customer(user_id.into()).await.unwrap();
    assert_eq!(
        (customer.email.as_str(), customer.tier.as_str()),
        ("ada@example.com", "standard")
    );
    assert_eq!(
        (customer.status.as_str(), customer.version),
        ("closed", Version::new(2))
    );
}

#[tokio::test]
async fn what_was_answered_is_there_when_the_file_is_opened_again() {
    let shop = Shop::new();
    let order = shop.placed(ada(), vec![a_line("Teapot", 2)]).await;
    let again = shop.opened_again().await;
    assert_eq!(again.ordering.order(order.id, &ada()).await.unwrap(), order);
}
