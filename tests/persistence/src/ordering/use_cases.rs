//! Use cases of ordering whose answer depends on what the store decides.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering as MemoryOrdering},
};

use message_bus::{Actor, CommandMeta, Conflict, Handles, ReactsTo, UseCaseError};
use ordering_app::{
    AddLine, AddressGiven, CancelOrder, ChangeQuantity, ConfirmOrder, DeliverOrder, LineToOrder, OrderFilter,
    OrderView, Ordering, PlaceOrder, RemoveLine, ShipOrder,
};
use shared_kernel::{
    Currency, IdGenerator, LineStock, Money, PageRequest, ProductId, Quantity, ReservationId, Role, UserId,
    Version, events::StockReserved,
};
use uuid::Uuid;

use crate::{engines::on_every_engine, seams::Seams, stores::OrderingStore};

on_every_engine!(
    ordering:
    every_answer_is_what_is_stored,
    a_repeated_order_is_placed_once,
    lines_added_at_the_same_time_are_all_there,
    a_version_that_is_named_must_be_there,
    another_reference_is_drawn_when_one_is_taken,
    orders_are_found_by_what_people_write,
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

/// Circumstances of a command by staff, who order without the price list.
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

async fn every_answer_is_what_is_stored(store: OrderingStore) {
    let (face, ada) = (store.face(), somebody(&store));
    let is_stored = async |answer: &OrderView, version: u32| {
        assert_eq!(face.order(answer.id, &Actor::Operator).await.unwrap(), *answer);
        assert_eq!(answer.version, Version::new(version));
        store.seams.advance_seconds(1);
    };
    let placed = face.send(placing(&store), by(&store, ada)).await.unwrap();
    is_stored(&placed, 1).await;
    let order_id = placed.id;
    let add = AddLine {
        order_id,
        line: a_line(&store, "Cosy"),
    };
    let added = face.send(add, by(&store, ada)).await.unwrap();
    is_stored(&added, 2).await;
    let change = ChangeQuantity {
        order_id,
        line_id: added.lines[1].id,
        quantity: Quantity::new(5).unwrap(),
    };
    let changed = face.send(change, by(&store, ada)).await.unwrap();
    is_stored(&changed, 3).await;
    let remove = RemoveLine {
        order_id,
        line_id: added.lines[0].id,
    };
    let removed = face.send(remove, by(&store, ada)).await.unwrap();
    is_stored(&removed, 4).await;
    let shipping_address = AddressGiven {
        street: "12 St James Square".to_owned(),
        city: "London".to_owned(),
        state: String::new(),
        postal_code: "SW1Y 4JH".to_owned(),
        country: "GB".to_owned(),
    };
    let confirm = ConfirmOrder {
        order_id,
        shipping_address,
    };
    let confirmed = face.send(confirm, by(&store, ada)).await.unwrap();
    is_stored(&confirmed, 5).await;
    let reserved = StockReserved {
        order_id,
        reservation_id: ReservationId::new(store.seams.next_id()),
        lines: Vec::new(),
    };
    face.react(reserved, store.seams.meta()).await.unwrap();
    let ship = ShipOrder {
        order_id,
        carrier: "Kuriér".to_owned(),
        tracking_number: "JD-1".to_owned(),
    };
    let shipped = face.send(ship, store.seams.meta()).await.unwrap();
    is_stored(&shipped, 7).await;
    let delivered = face
        .send(DeliverOrder { order_id }, store.seams.meta())
        .await
        .unwrap();
    is_stored(&delivered, 8).await;
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

async fn a_version_that_is_named_must_be_there(store: OrderingStore) {
    let (face, ada) = (store.face(), somebody(&store));
    let order = face.send(placing(&store), by(&store, ada)).await.unwrap();
    let cancel = |version| {
        let command = CancelOrder {
            order_id: order.id,
            reason: None,
        };
        let meta = CommandMeta {
            expected_version: Some(Version::new(version)),
            ..by(&store, ada)
        };
        face.send(command, meta)
    };
    match cancel(2).await {
        Err(UseCaseError::Conflict(Conflict::StaleVersion { expected, current })) => {
            assert_eq!((expected, current), (Version::new(2), Version::new(1)));
        }
        unexpected => panic!("{unexpected:?}"),
    }
    assert_eq!(cancel(1).await.unwrap().version, Version::new(2));
}

/// Draws the same bytes twice, then others.
struct Unlucky {
    seams: Seams,
    draws: AtomicU32,
}

impl IdGenerator for Unlucky {
    fn next_id(&self) -> Uuid {
        self.seams.next_id()
    }

    fn random_bytes(&self) -> [u8; 32] {
        match self.draws.fetch_add(1, MemoryOrdering::SeqCst) {
            0 | 1 => [0xab; 32],
            _ => self.seams.random_bytes(),
        }
    }
}

async fn another_reference_is_drawn_when_one_is_taken(store: OrderingStore) {
    let unlucky = Unlucky {
        seams: store.seams.clone(),
        draws: AtomicU32::new(0),
    };
    let face = Ordering::new(Arc::clone(&store.port), Arc::new(unlucky));
    let ada = somebody(&store);
    let first = face.send(placing(&store), by(&store, ada)).await.unwrap();
    let second = face.send(placing(&store), by(&store, ada)).await.unwrap();
    assert_ne!(first.reference, second.reference);
    for order in [first, second] {
        let stored = face.order(order.id, &Actor::Operator).await.unwrap();
        assert_eq!(stored.reference, order.reference);
    }
}

async fn orders_are_found_by_what_people_write(store: OrderingStore) {
    let (face, ada) = (store.face(), somebody(&store));
    let order = face.send(placing(&store), by(&store, ada)).await.unwrap();
    face.send(placing(&store), by(&store, ada)).await.unwrap();
    let page = PageRequest {
        limit: 10,
        after: None,
    };
    let written = order.reference.to_lowercase().replace('-', "");
    let filter = OrderFilter {
        status: Some("pending".to_owned()),
        reference: Some(written),
        customer_id: Some(ada.into()),
    };
    let found = face.orders(filter, page, &Actor::Operator).await.unwrap();
    assert_eq!(found.data, [order]);
}
