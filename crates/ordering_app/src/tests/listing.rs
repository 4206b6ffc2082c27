//! Lists of orders: whose, which, and page by page.

use message_bus::UseCaseError;
use shared_kernel::{Page, PageRequest};

use super::shop::{Shop, a_line, ada, bob, customer, staff};
use crate::{OrderFilter, OrderPosition, OrderView};

const FIRST_TWO: PageRequest<OrderPosition> = PageRequest {
    limit: 2,
    after: None,
};

fn ids(page: &Page<OrderView, OrderPosition>) -> Vec<String> {
    page.data.iter().map(|order| order.id.to_string()).collect()
}

#[tokio::test]
async fn customers_see_their_own_orders_and_staff_see_all() {
    let shop = Shop::new();
    let of_ada = shop.placed(customer(ada()), vec![]).await;
    let of_bob = shop.placed(customer(bob()), vec![]).await;
    let all = PageRequest {
        limit: 20,
        after: None,
    };
    let list = |filter, actor| {
        let ordering = &shop.ordering;
        async move { ids(&ordering.orders(filter, all, &actor).await.unwrap()) }
    };
    let of = |user_id: shared_kernel::UserId| OrderFilter {
        customer_id: Some(user_id.into()),
        ..OrderFilter::default()
    };
    let (of_ada, of_bob) = (of_ada.id.to_string(), of_bob.id.to_string());
    assert_eq!(
        list(OrderFilter::default(), customer(ada())).await,
        [of_ada.as_str()]
    );
    assert_eq!(
        list(OrderFilter::default(), staff()).await,
        [of_bob.as_str(), of_ada.as_str()]
    );
    assert_eq!(list(of(bob()), staff()).await, [of_bob.as_str()]);
    assert!(list(of(bob()), customer(ada())).await.is_empty());
}

#[tokio::test]
async fn a_list_can_be_narrowed_by_status_and_by_reference() {
    let shop = Shop::new();
    let pending = shop.placed(customer(ada()), vec![a_line("1.00", 1)]).await;
    let confirmed = shop.confirmed().await;
    let by_status = OrderFilter {
        status: Some("confirmed".to_owned()),
        ..OrderFilter::default()
    };
    let page = shop
        .ordering
        .orders(by_status, FIRST_TWO, &customer(ada()))
        .await
        .unwrap();
    assert_eq!(ids(&page), [confirmed.id.to_string()]);
    let spelled = pending.reference.to_lowercase();
    let by_reference = OrderFilter {
        reference: Some(spelled),
        ..OrderFilter::default()
    };
    let page = shop
        .ordering
        .orders(by_reference, FIRST_TWO, &customer(ada()))
        .await
        .unwrap();
    assert_eq!(ids(&page), [pending.id.to_string()]);
}

#[tokio::test]
async fn a_filter_that_names_nothing_there_can_be_is_refused() {
    let shop = Shop::new();
    for (filter, code) in [
        (
            OrderFilter {
                status: Some("lost".to_owned()),
                ..OrderFilter::default()
            },
            "unknown_status",
        ),
        (
            OrderFilter {
                reference: Some("7K".to_owned()),
                ..OrderFilter::default()
            },
            "invalid_reference",
        ),
    ] {
        let result = shop.ordering.orders(filter, FIRST_TWO, &staff()).await;
        assert!(matches!(result, Err(UseCaseError::Refused(refusal)) if refusal.code == code));
    }
}
