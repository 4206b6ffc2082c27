//! Use cases of ordering whose answer depends on what the store decides.

use message_bus::{Actor, CommandMeta, Handles};
use ordering_app::{AddLine, LineToOrder, OrderFilter, PlaceOrder};
use shared_kernel::{Currency, LineStock, Money, PageRequest, ProductId, Quantity, Role, UserId, Version};

use crate::{engines::on_every_engine, stores::OrderingStore};

on_every_engine!(
    ordering:
    a_repeated_order_is_placed_once,
    lines_added_at_the_same_time_are_all_there,
);

fn placing(store: &OrderingStore) -> PlaceOrder {
    PlaceOrder {
        currency: Currency::Usd,
        lines: vec![a_line(store, "Teapot")],
        customer_id: None,
    }
}

fn a_line(store: &OrderingStore, name: &str) -> LineToOrder {
    LineToOrder {
        product_id: ProductId::new(store.seams.next_id()),
        quantity: Quantity::new(2).unwrap(),
        product_name: Some(name.to_owned()),
        unit_price: Some(Money::from_minor_units(19_99, Currency::Usd).unwrap()),
        stock: LineStock::Asked,
    }
}

/// The meta of a command by staff, who order without the price list.
fn by(store: &OrderingStore, id: UserId) -> CommandMeta {
    let role = Role::Staff;
    CommandMeta {
        actor: Actor::User { id, role },
        ..store.seams.meta()
    }
}

fn somebody(store: &OrderingStore) -> UserId {
    UserId::new(store.seams.next_id())
}

async fn a_repeated_order_is_placed_once(store: OrderingStore) {
    let (face, ada) = (store.face(), somebody(&store));
    let place = async || {
        let meta = CommandMeta {
            replay: store.seams.with_key("key", 1).replay,
            ..by(&store, ada)
        };
        face.send(placing(&store), meta).await
    };
    let (first, twin) = tokio::join!(place(), place());
    store.seams.advance_seconds(60);
    let later = place().await.unwrap();
    assert_eq!(first.unwrap(), later);
    assert_eq!(twin.unwrap(), later);
    let page = PageRequest {
        limit: 10,
        after: None,
    };
    let actor = by(&store, ada).actor;
    let listed = face.orders(OrderFilter::default(), page, &actor).await.unwrap();
    assert_eq!(listed.data, [later]);
}

async fn lines_added_at_the_same_time_are_all_there(store: OrderingStore) {
    let (face, ada) = (store.face(), somebody(&store));
    let order = face.send(placing(&store), by(&store, ada)).await.unwrap();
    let add = |name| {
        let command = AddLine {
            order_id: order.id,
            line: a_line(&store, name),
        };
        face.send(command, by(&store, ada))
    };
    let (cosy, cup) = tokio::join!(add("Cosy"), add("Cup"));
    cosy.unwrap();
    cup.unwrap();
    let order = face.order(order.id, &Actor::Operator).await.unwrap();
    let mut names: Vec<&str> = order
        .lines
        .iter()
        .map(|line| line.product_name.as_str())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["Cosy", "Cup", "Teapot"]);
    assert_eq!(order.version, Version::new(3));
}
