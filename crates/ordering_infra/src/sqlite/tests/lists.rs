//! Lists go by the right index.

use diesel::{Connection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query, sql_types::Text};
use diesel_migrations::MigrationHarness;
use ordering_app::{OrderPosition, OrdersWanted, VisibleTo};
use ordering_domain::OrderStatus;
use shared_kernel::{PageRequest, Timestamp};

use crate::sqlite::{MIGRATIONS, order_lists::orders_on};

const FIRST: PageRequest<OrderPosition> = PageRequest {
    limit: 20,
    after: None,
};

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// How SQLite means to find a list.
fn plan(
    connection: &mut SqliteConnection,
    wanted: OrdersWanted,
    page: PageRequest<OrderPosition>,
    visible_to: VisibleTo,
) -> String {
    let query = orders_on(wanted, page, visible_to);
    let text = diesel::debug_query::<diesel::sqlite::Sqlite, _>(&query).to_string();
    let (statement, _) = text.split_once(" -- binds").unwrap();
    let steps: Vec<Step> = sql_query(format!("EXPLAIN QUERY PLAN {statement}"))
        .load(connection)
        .unwrap();
    let steps: Vec<String> = steps.into_iter().map(|step| step.detail).collect();
    steps.join("; ")
}

#[test]
fn a_list_walks_along_one_index_and_sorts_nothing() {
    let mut connection = SqliteConnection::establish(":memory:").unwrap();
    connection.run_pending_migrations(MIGRATIONS).unwrap();
    let customer_id = "0197b2c4-6d00-7000-8000-00000000000a".parse().unwrap();
    let after = OrderPosition {
        placed_at: Timestamp::from_microseconds(0).unwrap(),
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
        let first = plan(&mut connection, wanted, FIRST, visible_to);
        assert_eq!(first, format!("SEARCH orders USING INDEX {index} ({key})"));
        let second = plan(&mut connection, wanted, next, visible_to);
        assert_eq!(
            second,
            format!("SEARCH orders USING INDEX {index} ({key} AND placed_at<?)")
        );
    }
    let everything = plan(&mut connection, anything, next, VisibleTo::Everyone);
    assert_eq!(
        everything,
        "SEARCH orders USING INDEX orders_newest (placed_at<?)"
    );
}
