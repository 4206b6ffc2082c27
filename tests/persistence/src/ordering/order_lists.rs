//! Lists of orders: newest first, page by page, by status, reference and customer.

use ordering_app::{OrderPosition, OrderView, OrdersWanted, VisibleTo};
use ordering_domain::{Order, OrderReference, OrderStatus};
use shared_kernel::{AggregateRoot, Currency, CustomerId, OrderId, Page, PageRequest, Timestamp};

use super::builders::{NOTHING_LISTED, a_shipment, an_address, an_order};
use crate::{engines::on_every_engine, stores::OrderingStore};

on_every_engine!(
    ordering:
    orders_are_listed_newest_first,
    orders_of_one_moment_are_listed_by_id,
    pages_follow_each_other_without_gap_or_repetition,
    a_page_that_is_exactly_full_is_the_last,
    orders_placed_meanwhile_do_not_shift_the_pages,
    a_page_may_begin_after_a_place_where_nothing_stands,
    a_list_by_status_holds_each_order_where_it_stands_now,
    a_list_by_reference_holds_that_order,
    filters_hold_together,
    a_listed_order_has_all_its_lines,
);

const EVERYTHING: OrdersWanted = OrdersWanted {
    status: None,
    reference: None,
    customer_id: None,
};

async fn saved(store: &OrderingStore, order: Order) -> OrderId {
    let id = order.id();
    store.save(order).await.unwrap();
    id
}

/// Orders of one customer, each a second after the one before.
async fn orders_in_a_row(store: &OrderingStore, customer: CustomerId, count: usize) -> Vec<OrderId> {
    let mut ids = Vec::new();
    for _ in 0..count {
        store.seams.advance_seconds(1);
        ids.push(saved(store, an_order(&store.seams).by(customer).place()).await);
    }
    ids
}

fn somebody(store: &OrderingStore) -> CustomerId {
    CustomerId::new(store.seams.next_id())
}

async fn page(
    store: &OrderingStore,
    wanted: OrdersWanted,
    limit: u32,
    before: Option<&Page<OrderView, OrderPosition>>,
) -> Page<OrderView, OrderPosition> {
    let request = PageRequest {
        limit,
        after: before.and_then(|page| page.next),
    };
    store.page(wanted, request, VisibleTo::Everyone).await
}

fn ids(page: &Page<OrderView, OrderPosition>) -> Vec<OrderId> {
    page.data.iter().map(|order| order.id).collect()
}

/// All pages of at most `limit`, one after the other.
async fn all_pages(store: &OrderingStore, wanted: OrdersWanted, limit: u32) -> Vec<OrderId> {
    let mut current = page(store, wanted, limit, None).await;
    let mut listed = ids(&current);
    while current.next.is_some() {
        current = page(store, wanted, limit, Some(&current)).await;
        assert!(!current.data.is_empty(), "a page was promised");
        listed.extend(ids(&current));
    }
    listed
}

async fn orders_are_listed_newest_first(store: OrderingStore) {
    assert_eq!(page(&store, EVERYTHING, 10, None).await.data, []);
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let mut placed = Vec::new();
    for time in [
        at("2026-01-01T00:00:00.000002Z"),
        at("2026-01-01T00:00:00.000001Z"),
        at("1969-12-31T23:59:59.999999Z"),
        at("2026-01-01T00:00:00.000003Z"),
    ] {
        placed.push(saved(&store, an_order(&store.seams).placed_at(time).place()).await);
    }
    let expected = [placed[3], placed[0], placed[1], placed[2]];
    assert_eq!(all_pages(&store, EVERYTHING, 10).await, expected);
    assert_eq!(all_pages(&store, EVERYTHING, 1).await, expected);
}

async fn orders_of_one_moment_are_listed_by_id(store: OrderingStore) {
    // Ids on both sides of the middle: their order must be that of unsigned bytes.
    let texts = [
        "7fffffff-ffff-7fff-bfff-ffffffffffff",
        "01000000-0000-7000-8000-0000000000ff",
        "ff000000-0000-7000-8000-000000000000",
        "80000000-0000-7000-8000-000000000000",
        "01000000-0000-7000-8000-000000000100",
    ];
    let mut expected = Vec::new();
    for text in texts {
        let order = an_order(&store.seams).with_id(text.parse().unwrap()).place();
        expected.push(saved(&store, order).await);
    }
    expected.sort_unstable();
    expected.reverse();
    for limit in 1..=6 {
        assert_eq!(
            all_pages(&store, EVERYTHING, limit).await,
            expected,
            "pages of {limit}"
        );
    }
}

async fn pages_follow_each_other_without_gap_or_repetition(store: OrderingStore) {
    let (ada, bob) = (somebody(&store), somebody(&store));
    let mut placed = Vec::new();
    for customer in [ada, bob, ada, ada, bob] {
        placed.extend(orders_in_a_row(&store, customer, 2).await);
    }
    placed.reverse();
    for limit in [1, 3, 7, 10, 100, u32::MAX] {
        assert_eq!(
            all_pages(&store, EVERYTHING, limit).await,
            placed,
            "pages of {limit}"
        );
    }
}

async fn a_page_that_is_exactly_full_is_the_last(store: OrderingStore) {
    orders_in_a_row(&store, somebody(&store), 4).await;
    let first = page(&store, EVERYTHING, 2, None).await;
    assert_eq!(first.next, first.data.last().map(OrderView::position));
    let second = page(&store, EVERYTHING, 2, Some(&first)).await;
    assert_eq!((second.data.len(), second.next), (2, None));
}

async fn orders_placed_meanwhile_do_not_shift_the_pages(store: OrderingStore) {
    let mut placed = orders_in_a_row(&store, somebody(&store), 6).await;
    placed.reverse();
    let first = page(&store, EVERYTHING, 3, None).await;
    orders_in_a_row(&store, somebody(&store), 2).await;
    store
        .change(placed[2], |order| order.cancel(None, store.seams.now()).unwrap())
        .await
        .unwrap();
    let second = page(&store, EVERYTHING, 3, Some(&first)).await;
    assert_eq!([ids(&first), ids(&second)].concat(), placed);
    assert_eq!(second.next, None);
}

async fn a_page_may_begin_after_a_place_where_nothing_stands(store: OrderingStore) {
    let placed = orders_in_a_row(&store, somebody(&store), 3).await;
    let middle = store.load(placed[1]).await.unwrap().record().placed_at;
    let after = ordering_app::OrderPosition {
        placed_at: middle,
        order_id: OrderId::new(store.seams.next_id()),
    };
    let request = PageRequest {
        limit: 10,
        after: Some(after),
    };
    let page = store.page(EVERYTHING, request, VisibleTo::Everyone).await;
    assert_eq!(ids(&page), [placed[1], placed[0]]);
}

async fn a_list_by_status_holds_each_order_where_it_stands_now(store: OrderingStore) {
    let ada = somebody(&store);
    let placed = orders_in_a_row(&store, ada, 5).await;
    let at = store.seams.now();
    let steps: [fn(&mut Order, Timestamp); 3] = [
        |order, at| {
            order.confirm(an_address(), &NOTHING_LISTED, at).unwrap();
            order.stock_reserved(at);
        },
        |order, at| order.ship(a_shipment(), at).unwrap(),
        |order, at| order.deliver(at).unwrap(),
    ];
    // The first order takes no step, the next one, and so on; the last is cancelled.
    for (number, id) in placed[..4].iter().enumerate() {
        for step in &steps[..number] {
            store.change(*id, |order| step(order, at)).await.unwrap();
        }
    }
    store
        .change(placed[4], |order| order.cancel(None, at).unwrap())
        .await
        .unwrap();
    for (status, id) in OrderStatus::ALL.into_iter().zip(placed) {
        for customer_id in [None, Some(ada)] {
            let wanted = OrdersWanted {
                status: Some(status),
                customer_id,
                ..EVERYTHING
            };
            assert_eq!(all_pages(&store, wanted, 1).await, [id], "{status}");
        }
    }
}

async fn a_list_by_reference_holds_that_order(store: OrderingStore) {
    orders_in_a_row(&store, somebody(&store), 2).await;
    let reference = OrderReference::from_random_bits([0xff; 5]);
    let order = an_order(&store.seams).referred_to_as(reference).place();
    let id = saved(&store, order).await;
    let by_reference = |reference| OrdersWanted {
        reference: Some(reference),
        ..EVERYTHING
    };
    assert_eq!(all_pages(&store, by_reference(reference), 10).await, [id]);
    let unknown = OrderReference::from_random_bits([0; 5]);
    assert_eq!(all_pages(&store, by_reference(unknown), 10).await, []);
}

async fn filters_hold_together(store: OrderingStore) {
    let (ada, bob) = (somebody(&store), somebody(&store));
    let adas = orders_in_a_row(&store, ada, 4).await;
    orders_in_a_row(&store, bob, 2).await;
    for id in [adas[1], adas[3]] {
        store
            .change(id, |order| order.cancel(None, store.seams.now()).unwrap())
            .await
            .unwrap();
    }
    let wanted = OrdersWanted {
        status: Some(OrderStatus::Cancelled),
        customer_id: Some(ada),
        reference: None,
    };
    assert_eq!(all_pages(&store, wanted, 1).await, [adas[3], adas[1]]);
    let bobs = OrdersWanted {
        customer_id: Some(bob),
        ..wanted
    };
    assert_eq!(all_pages(&store, bobs, 1).await, []);
    let reference = store.load(adas[1]).await.unwrap().record().reference;
    let one = OrdersWanted {
        reference: Some(reference),
        ..wanted
    };
    assert_eq!(all_pages(&store, one, 1).await, [adas[1]]);
}

async fn a_listed_order_has_all_its_lines(store: OrderingStore) {
    let mut expected = Vec::new();
    for (number, currency) in Currency::ALL.into_iter().enumerate() {
        store.seams.advance_seconds(1);
        let order = an_order(&store.seams).with_lines(currency, number * 3).place();
        expected.insert(0, OrderView::of(&order).unwrap());
        store.save(order).await.unwrap();
    }
    assert_eq!(page(&store, EVERYTHING, 10, None).await.data, expected);
}
