//! Lists: the right orders, and by the right index.

use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::Text};
use message_bus::Handles;
use ordering_app::{CancelOrder, OrderFilter, OrderPosition, OrderView, OrdersWanted, VisibleTo};
use ordering_domain::OrderStatus;
use shared_kernel::{Clock, CustomerId, Page, PageRequest};

use super::shop::{Shop, a_line, ada, bob, staff};
use crate::sqlite::order_lists::orders_on;

const ALL: PageRequest<OrderPosition> = PageRequest {
    limit: 20,
    after: None,
};

fn names(page: &Page<OrderView, OrderPosition>) -> Vec<&str> {
    page.data
        .iter()
        .map(|order| order.lines[0].product_name.as_str())
        .collect()
}

#[tokio::test]
async fn pages_follow_each_other_without_a_gap_and_each_order_has_its_own_lines() {
    let shop = Shop::new();
    for number in 0..7 {
        // Every other pair in the same moment, which their ids tell apart.
        shop.clock.advance_seconds(number % 2);
        let lines = (0..=number).map(|_| a_line(&format!("{number}"), 1)).collect();
        shop.placed(ada(), lines).await;
        shop.placed(bob(), vec![a_line("Bob's", 1)]).await;
    }
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let request = PageRequest { limit: 3, after };
        let page = shop
            .ordering
            .orders(OrderFilter::default(), request, &ada())
            .await
            .unwrap();
        for order in &page.data {
            assert_eq!(shop.ordering.order(order.id, &ada()).await.unwrap(), *order);
        }
        seen.extend(names(&page).into_iter().map(str::to_owned));
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    assert_eq!(seen, ["6", "5", "4", "3", "2", "1", "0"]);
}

#[tokio::test]
async fn lists_are_narrowed_by_status_reference_and_customer() {
    let shop = Shop::new();
    let pending = shop.placed(ada(), vec![a_line("pending", 1)]).await;
    let cancelled = shop.placed(ada(), vec![a_line("cancelled", 1)]).await;
    shop.placed(bob(), vec![a_line("bob", 1)]).await;
    let cancel = CancelOrder {
        order_id: cancelled.id,
        reason: None,
    };
    shop.ordering.send(cancel, shop.meta(ada())).await.unwrap();

    let status = |name: &str| OrderFilter {
        status: Some(name.to_owned()),
        ..OrderFilter::default()
    };
    let of_ada = OrderFilter {
        customer_id: Some(pending.customer_id),
        ..OrderFilter::default()
    };
    let by_reference = OrderFilter {
        reference: Some(pending.reference),
        ..OrderFilter::default()
    };
    let pending_of_ada = OrderFilter {
        customer_id: of_ada.customer_id,
        ..status("pending")
    };
    for (filter, actor, expected) in [
        (
            OrderFilter::default(),
            staff(),
            vec!["bob", "cancelled", "pending"],
        ),
        (status("cancelled"), staff(), vec!["cancelled"]),
        (status("pending"), ada(), vec!["pending"]),
        (status("pending"), staff(), vec!["bob", "pending"]),
        (by_reference.clone(), staff(), vec!["pending"]),
        (by_reference, bob(), vec![]),
        (of_ada.clone(), staff(), vec!["cancelled", "pending"]),
        (of_ada, bob(), vec![]),
        (pending_of_ada, staff(), vec!["pending"]),
    ] {
        let page = shop.ordering.orders(filter.clone(), ALL, &actor).await.unwrap();
        assert_eq!(names(&page), expected, "{filter:?} for {actor}");
    }
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

async fn plan(
    shop: &Shop,
    wanted: OrdersWanted,
    page: PageRequest<OrderPosition>,
    visible_to: VisibleTo,
) -> String {
    let query = orders_on(wanted, page, visible_to);
    let text = diesel::debug_query::<diesel::sqlite::Sqlite, _>(&query).to_string();
    let (statement, _) = text.split_once(" -- binds").unwrap();
    let explain = format!("EXPLAIN QUERY PLAN {statement}");
    let steps = shop
        .context
        .read(move |connection| Ok(sql_query(explain).load::<Step>(connection)?))
        .await;
    let steps: Vec<String> = steps.unwrap().into_iter().map(|step| step.detail).collect();
    steps.join("; ")
}

#[tokio::test]
async fn a_list_walks_along_one_index_and_sorts_nothing() {
    let shop = Shop::new();
    let customer_id: CustomerId = ada().user_id().unwrap().into();
    let after = OrderPosition {
        placed_at: shop.clock.now(),
        order_id: "0197b2c4-6d00-7000-8000-000000000010".parse().unwrap(),
    };
    let next = PageRequest {
        limit: 20,
        after: Some(after),
    };
    let anything = OrdersWanted::default();
    let pending = OrdersWanted {
        status: Some(OrderStatus::Pending),
        ..anything
    };
    let own = VisibleTo::Customer(customer_id);
    for (wanted, visible_to, index, key) in [
        (anything, own, "orders_customer_newest", "customer_id=?"),
        (pending, own, "orders_customer_newest", "customer_id=?"),
        (pending, VisibleTo::Everyone, "orders_status_newest", "status=?"),
    ] {
        let first = plan(&shop, wanted, ALL, visible_to).await;
        assert_eq!(first, format!("SEARCH orders USING INDEX {index} ({key})"));
        let second = plan(&shop, wanted, next, visible_to).await;
        assert_eq!(
            second,
            format!("SEARCH orders USING INDEX {index} ({key} AND placed_at<?)")
        );
    }
    let everything = plan(&shop, anything, next, VisibleTo::Everyone).await;
    assert_eq!(
        everything,
        "SEARCH orders USING INDEX orders_newest (placed_at<?)"
    );
}
