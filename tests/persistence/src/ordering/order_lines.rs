//! An order's lines: read back whole and in their order, however they came and went.

use ordering_domain::{LineKind, Order, OrderLine};
use shared_kernel::{AggregateRoot, Currency, LineStock, Money, OrderId, OrderLineId, ProductId, Quantity};

use super::builders::{NOTHING_LISTED, a_line, an_order};
use crate::{engines::on_every_engine, stores::OrderingStore};

on_every_engine!(
    ordering:
    lines_are_read_back_in_every_currency,
    an_order_may_have_no_lines,
    as_many_lines_as_there_may_be_keep_their_order,
    the_extremes_of_a_line_are_kept,
    one_product_may_stand_on_two_lines,
    lines_that_come_and_go_keep_the_others_in_order,
    a_line_added_after_the_last_was_removed_stands_last,
    many_changes_of_lines_in_one_commit_are_kept,
    an_order_emptied_of_its_lines_has_none,
);

async fn is_stored(store: &OrderingStore, order: &Order) {
    assert_eq!(store.load(order.id()).await.unwrap().record(), order.record());
}

async fn saved(store: &OrderingStore, order: Order) -> Order {
    store.save(order.clone()).await.unwrap();
    is_stored(store, &order).await;
    order
}

async fn line_ids(store: &OrderingStore, id: OrderId) -> Vec<OrderLineId> {
    let order = store.load(id).await.unwrap();
    order.record().lines.iter().map(|line| line.id).collect()
}

fn ids(order: &Order) -> Vec<OrderLineId> {
    order.record().lines.iter().map(|line| line.id).collect()
}

async fn add(store: &OrderingStore, id: OrderId) -> OrderLineId {
    let line = a_line(&store.seams, Currency::Eur);
    let line_id = line.id;
    store
        .change(id, |order| order.add_line(line, store.seams.now()).unwrap())
        .await
        .unwrap();
    line_id
}

async fn remove(store: &OrderingStore, id: OrderId, line: OrderLineId) {
    store
        .change(id, |order| order.remove_line(line, store.seams.now()).unwrap())
        .await
        .unwrap();
}

async fn lines_are_read_back_in_every_currency(store: OrderingStore) {
    for currency in Currency::ALL {
        saved(&store, an_order(&store.seams).with_lines(currency, 2).place()).await;
    }
}

async fn an_order_may_have_no_lines(store: OrderingStore) {
    for currency in Currency::ALL {
        saved(&store, an_order(&store.seams).with_lines(currency, 0).place()).await;
    }
}

async fn as_many_lines_as_there_may_be_keep_their_order(store: OrderingStore) {
    let order = an_order(&store.seams).with_lines(Currency::Inr, 50).place();
    let order = saved(&store, order).await;
    assert_eq!(line_ids(&store, order.id()).await, ids(&order));
}

async fn the_extremes_of_a_line_are_kept(store: OrderingStore) {
    let names = [
        "x".to_owned(),
        "🫖".repeat(200),
        " leading, trailing ".to_owned(),
        "Éclair’s \"5%\" \\ _ '; DROP TABLE orders; --".to_owned(),
        "e\u{301} is not é; عربى; \u{feff}".to_owned(),
    ];
    for name in names {
        for (quantity, unit_price, kind, stock) in [
            (1_000_000, 1, LineKind::Listed, LineStock::Asked),
            (1, 1_000_000, LineKind::Custom, LineStock::NotAsked),
            (1, 0, LineKind::Listed, LineStock::Asked),
            (1_000_000, 0, LineKind::Custom, LineStock::Asked),
        ] {
            let line = OrderLine {
                id: OrderLineId::new(store.seams.next_id()),
                product_id: ProductId::new(store.seams.next_id()),
                product_name: name.clone(),
                quantity: Quantity::new(quantity).unwrap(),
                unit_price: Money::from_minor_units(unit_price, Currency::Eur).unwrap(),
                kind,
                stock,
            };
            saved(&store, an_order(&store.seams).with_line(line).place()).await;
        }
    }
}

async fn one_product_may_stand_on_two_lines(store: OrderingStore) {
    let mut order = an_order(&store.seams).place();
    let twin = OrderLine {
        id: OrderLineId::new(store.seams.next_id()),
        ..order.record().lines[0].clone()
    };
    order.add_line(twin, store.seams.now()).unwrap();
    saved(&store, order).await;
}

async fn lines_that_come_and_go_keep_the_others_in_order(store: OrderingStore) {
    let order = an_order(&store.seams).with_lines(Currency::Eur, 4).place();
    let order = saved(&store, order).await;
    let [first, second, third, fourth] = ids(&order).try_into().unwrap();
    remove(&store, order.id(), second).await;
    assert_eq!(line_ids(&store, order.id()).await, [first, third, fourth]);
    let fifth = add(&store, order.id()).await;
    assert_eq!(line_ids(&store, order.id()).await, [first, third, fourth, fifth]);
    let quantity = Quantity::new(7).unwrap();
    store
        .change(order.id(), |order| {
            order
                .change_quantity(third, quantity, &NOTHING_LISTED, store.seams.now())
                .unwrap();
        })
        .await
        .unwrap();
    assert_eq!(line_ids(&store, order.id()).await, [first, third, fourth, fifth]);
    let loaded = store.load(order.id()).await.unwrap();
    let quantities: Vec<u32> = loaded
        .record()
        .lines
        .iter()
        .map(|line| line.quantity.get())
        .collect();
    assert_eq!(quantities, [3, 7, 3, 3]);
}

async fn a_line_added_after_the_last_was_removed_stands_last(store: OrderingStore) {
    let order = an_order(&store.seams).with_lines(Currency::Eur, 2).place();
    let order = saved(&store, order).await;
    let [first, second] = ids(&order).try_into().unwrap();
    remove(&store, order.id(), second).await;
    let third = add(&store, order.id()).await;
    assert_eq!(line_ids(&store, order.id()).await, [first, third]);
    remove(&store, order.id(), first).await;
    remove(&store, order.id(), third).await;
    let fourth = add(&store, order.id()).await;
    assert_eq!(line_ids(&store, order.id()).await, [fourth]);
}

async fn many_changes_of_lines_in_one_commit_are_kept(store: OrderingStore) {
    let order = an_order(&store.seams).with_lines(Currency::Eur, 5).place();
    let order = saved(&store, order).await;
    let [first, second, third, _, fifth] = ids(&order).try_into().unwrap();
    let at = store.seams.now();
    let mut unit = store.begin(store.seams.meta());
    let everyone = ordering_app::VisibleTo::Everyone;
    let mut order = unit.orders().get(order.id(), everyone).await.unwrap().unwrap();
    for gone in [first, fifth, third] {
        order.remove_line(gone, at).unwrap();
    }
    let (added, passing) = (
        a_line(&store.seams, Currency::Eur),
        a_line(&store.seams, Currency::Eur),
    );
    let passing_id = passing.id;
    order.add_line(passing, at).unwrap();
    order.add_line(added, at).unwrap();
    order.remove_line(passing_id, at).unwrap();
    order
        .change_quantity(second, Quantity::new(9).unwrap(), &NOTHING_LISTED, at)
        .unwrap();
    unit.orders().save(order.clone());
    unit.commit(None).await.unwrap();
    is_stored(&store, &order).await;
}

async fn an_order_emptied_of_its_lines_has_none(store: OrderingStore) {
    let order = saved(&store, an_order(&store.seams).place()).await;
    let neighbour = saved(&store, an_order(&store.seams).place()).await;
    remove(&store, order.id(), order.record().lines[0].id).await;
    assert_eq!(line_ids(&store, order.id()).await, []);
    is_stored(&store, &neighbour).await;
}
