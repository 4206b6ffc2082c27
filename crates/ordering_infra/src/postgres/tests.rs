//! Writing and reading prepare each statement once for a connection, whatever the size of a batch; after that it is only bound and run.

use diesel::{QueryableByName, sql_query, sql_types::Text};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use ordering_domain::Order;
use shared_kernel::{AggregateRoot, IdGenerator, OrderId, in_memory::CountingIds};
use uuid::Uuid;

use super::*;
use crate::{
    test_cancelled_orders::CANCELLED,
    test_orders::{an_order, placed},
};

const ADMINISTRATOR: &str = "ORDERLY_TEST_POSTGRES_URL";
/// The migrations of the tables that these tests touch.
const TABLES: [&str; 4] = [
    include_str!("../../../../migrations/ordering/postgres/2026-11-21-000001_orders/up.sql"),
    include_str!("../../../../migrations/ordering/postgres/2026-11-28-000004_custom_lines/up.sql"),
    include_str!("../../../../migrations/ordering/postgres/2026-11-28-000005_cancellation_code/up.sql"),
    include_str!("../../../../migrations/ordering/postgres/2026-11-28-000006_lines_without_stock/up.sql"),
];

/// A connection with ordering's tables, which are dropped with it.
async fn a_connection() -> AsyncPgConnection {
    connected(&TABLES.concat()).await
}

/// A connection with these tables, which are dropped with it.
#[expect(
    clippy::disallowed_methods,
    reason = "the environment tells the tests where their server is"
)]
async fn connected(tables: &str) -> AsyncPgConnection {
    let url = std::env::var(ADMINISTRATOR).unwrap_or_else(|_| {
        panic!(
            "{ADMINISTRATOR} is not set; make test sets it, and so does .ci/throwaway_postgres.py run COMMAND"
        )
    });
    let mut connection = AsyncPgConnection::establish(&url).await.unwrap();
    let tables = format!("SET search_path TO pg_temp; {tables}");
    connection.batch_execute(&tables).await.unwrap();
    connection
}

#[derive(QueryableByName)]
struct Prepared {
    #[diesel(sql_type = Text)]
    statement: String,
}

/// The statements that the connection caches. One that is prepared anew each time is not cached.
async fn kept(mut connection: &AsyncPgConnection) -> Vec<String> {
    let query =
        "SELECT statement FROM pg_prepared_statements WHERE statement LIKE '%order%' ORDER BY prepare_time";
    let kept: Vec<Prepared> = sql_query(query).load(&mut connection).await.unwrap();
    let texts = kept.into_iter().map(|kept| kept.statement.replace('"', ""));
    texts.filter(|text| !text.contains("pg_prepared")).collect()
}

fn rows_of(orders: &[Order]) -> OrderingRows {
    OrderingRows {
        orders: orders.iter().map(placed).collect(),
        ..OrderingRows::default()
    }
}

#[tokio::test]
async fn placing_takes_two_statements_and_reading_one_whoever_asks_each_prepared_once() {
    let connection = a_connection().await;
    let ids = CountingIds::default();
    let page = PageRequest {
        limit: 20,
        after: None,
    };
    for sizes in [vec![1], vec![2, 3], vec![4, 5, 6]] {
        let orders: Vec<_> = sizes.iter().map(|lines| an_order(&ids, *lines)).collect();
        let batch: Vec<_> = orders.chunks(1).map(rows_of).collect();
        let batch: Vec<_> = batch.iter().collect();
        assert_eq!(OrderingRows::write(&batch, &connection).await, Ok(Vec::new()));
        for (order, size) in orders.iter().zip(sizes) {
            let owner = order.record().customer_id;
            let read = order_tables::read(&[order.id()], &connection).await;
            assert_eq!(read.unwrap()[&order.id()].lines.len(), usize::from(size));
            let pair = (order.id(), owner);
            let read = order_tables::read_own(&[pair], &connection).await;
            assert_eq!(read.unwrap()[&pair].lines.len(), usize::from(size));
            let own = VisibleTo::Customer(owner);
            let listed = order_lists::read(OrdersWanted::default(), page, own, &connection).await;
            assert!(!listed.unwrap().is_empty());
        }
    }
    let kept = kept(&connection).await;
    let beginnings: Vec<_> = kept.iter().map(|text| text.split(" (").next().unwrap()).collect();
    let (writing, reading) = beginnings.split_at(2);
    assert_eq!(writing, ["INSERT INTO orders", "INSERT INTO order_lines"]);
    assert_eq!(
        reading.len(),
        3,
        "one by anybody, one by its owner, a list: {kept:#?}"
    );
    assert!(reading.iter().all(|text| text.starts_with("SELECT orders.id")));
}

#[tokio::test]
async fn what_one_unit_of_work_saves_twice_is_stale() {
    let connection = a_connection().await;
    let order = an_order(&CountingIds::default(), 1);
    let new = rows_of(std::slice::from_ref(&order));
    assert_eq!(OrderingRows::write(&[&new], &connection).await, Ok(Vec::new()));
    let mut changed = Order::rehydrate(order.record().clone(), order.version());
    changed.cancel(None, order.record().placed_at).unwrap();
    let twice = rows_of(&[changed.clone(), changed]);
    let nothing = OrderingRows::default();
    assert_eq!(
        OrderingRows::write(&[&nothing, &twice], &connection).await,
        Ok(vec![1])
    );
}

#[tokio::test]
async fn of_many_orders_that_are_looked_up_at_once_each_owner_gets_their_own() {
    let connection = a_connection().await;
    let ids = CountingIds::default();
    let orders: Vec<_> = (1..=3).map(|lines| an_order(&ids, lines)).collect();
    let batch: Vec<_> = orders.chunks(1).map(rows_of).collect();
    let batch: Vec<_> = batch.iter().collect();
    assert_eq!(OrderingRows::write(&batch, &connection).await, Ok(Vec::new()));
    let owner = orders[0].record().customer_id;
    let stranger = CustomerId::new(ids.next_id());
    let own = (orders[0].id(), owner);
    let wanted = [own, (orders[1].id(), stranger), (orders[0].id(), stranger)];
    let found = order_tables::read_own(&wanted, &connection).await.unwrap();
    assert_eq!(found.keys().collect::<Vec<_>>(), [&own]);
}

#[tokio::test]
async fn what_was_cancelled_before_there_were_codes_is_read_as_what_it_was() {
    let [before @ .., codes, lines_without_stock] = TABLES;
    let mut connection = connected(&before.concat()).await;
    for (number, order) in CANCELLED.iter().enumerate() {
        let id = format!("'{:032x}'", number + 1);
        let insert = order.insert(number, &id, "'2026-01-01T00:00:00Z'");
        connection.batch_execute(&insert).await.unwrap();
    }
    for since in [codes, lines_without_stock] {
        connection.batch_execute(since).await.unwrap();
    }
    for (order, number) in CANCELLED.iter().zip(1..) {
        let id = OrderId::new(Uuid::from_u128(number));
        let mut found = order_tables::read(&[id], &connection).await.unwrap();
        order.is(found.remove(&id).unwrap());
    }
}
