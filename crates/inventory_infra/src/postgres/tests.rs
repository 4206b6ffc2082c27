//! Writing and reading prepare each statement once for a connection, whatever the size of a batch; stock is locked in one order.

use diesel::{
    QueryableByName, sql_query,
    sql_types::{Integer, Text},
};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use inventory_domain::Stock;
use shared_kernel::in_memory::CountingIds;

use super::*;
use crate::test_baskets::{baskets, rows_of, stock_of, stored};

const ADMINISTRATOR: &str = "ORDERLY_TEST_POSTGRES_URL";
const TABLES: &str = include_str!("../../../../migrations/inventory/postgres/2026-11-23-000001_stock/up.sql");

#[expect(
    clippy::disallowed_methods,
    reason = "the environment tells the tests where their server is"
)]
async fn a_connection(beginning: &str) -> AsyncPgConnection {
    let url = std::env::var(ADMINISTRATOR).unwrap_or_else(|_| {
        panic!(
            "{ADMINISTRATOR} is not set; make test sets it, and so does .ci/throwaway_postgres.py run COMMAND"
        )
    });
    let mut connection = AsyncPgConnection::establish(&url).await.unwrap();
    connection.batch_execute(beginning).await.unwrap();
    connection
}

/// A connection with inventory's tables, which are dropped with it.
async fn with_tables_of_its_own() -> AsyncPgConnection {
    a_connection(&format!("SET search_path TO pg_temp; {TABLES}")).await
}

#[derive(QueryableByName)]
struct Prepared {
    #[diesel(sql_type = Text)]
    statement: String,
}

/// The statements that the connection caches. One that is prepared anew each time is not cached.
async fn kept(mut connection: &AsyncPgConnection) -> Vec<String> {
    let query = "SELECT statement FROM pg_prepared_statements ORDER BY prepare_time";
    let kept: Vec<Prepared> = sql_query(query).load(&mut connection).await.unwrap();
    let texts = kept.into_iter().map(|kept| kept.statement.replace('"', ""));
    texts
        .filter(|text| text.contains("stock_items") || text.contains("reservation"))
        .collect()
}

#[tokio::test]
async fn reserving_takes_three_statements_and_reading_three_each_prepared_once() {
    let connection = with_tables_of_its_own().await;
    let ids = CountingIds::default();
    let opened = stock_of(&ids, 3);
    assert_eq!(
        InventoryRows::write(&[&rows_of(&opened)], &connection).await,
        Ok(vec![])
    );
    let before = kept(&connection).await;
    let mut stock = stored(&opened);
    for orders in 1..4 {
        let rows = baskets(&ids, &mut stock, orders);
        assert_eq!(InventoryRows::write(&[&rows], &connection).await, Ok(vec![]));
        let products = stock.keys().map(|id| RowId(id.uuid())).collect();
        assert_eq!(
            stock_tables::items_of(products, &connection).await.unwrap().len(),
            3
        );
        let wanted = rows
            .reservations
            .iter()
            .map(|change| change.row.order_id)
            .collect();
        let found = reservation_tables::of_orders(wanted, &connection).await.unwrap();
        let whole = reservation_tables::with_lines(found, &connection).await.unwrap();
        assert_eq!(whole.len(), orders);
        assert!(whole.iter().all(|whole| whole.lines.len() == 3));
        stock = stored(&stock);
    }
    let kept = kept(&connection).await;
    let new = kept.iter().filter(|text| !before.contains(text));
    let beginnings: Vec<_> = new.map(|text| text.split([' ', '(']).next().unwrap()).collect();
    assert_eq!(
        beginnings,
        ["UPDATE", "INSERT", "INSERT", "SELECT", "SELECT", "SELECT"],
        "{kept:#?}"
    );
}

#[tokio::test]
async fn what_one_unit_of_work_saves_twice_is_stale() {
    let connection = with_tables_of_its_own().await;
    let ids = CountingIds::default();
    let opened = stock_of(&ids, 1);
    assert_eq!(
        InventoryRows::write(&[&rows_of(&opened)], &connection).await,
        Ok(vec![])
    );
    let mut rows = baskets(&ids, &mut stored(&opened), 1);
    rows.stock.extend(rows.stock.clone());
    let nothing = InventoryRows::default();
    let stale = InventoryRows::write(&[&nothing, &rows], &connection).await;
    assert_eq!(stale, Ok(vec![1]));
}

#[derive(QueryableByName)]
struct Backend {
    #[diesel(sql_type = Integer)]
    pid: i32,
}

/// Makes one of the stock items of a batch wait, and returns whether the batch holds the other by then.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_batch_locks_its_stock_in_the_order_of_the_products_however_it_names_them() {
    let schema = format!("inventory_locks_{}", std::process::id());
    let mut first = a_connection(&format!(
        "CREATE SCHEMA {schema}; SET search_path TO {schema}; {TABLES}"
    ))
    .await;
    let second = a_connection(&format!("SET search_path TO {schema}")).await;
    let ids = CountingIds::default();
    let opened = stock_of(&ids, 2);
    assert_eq!(
        InventoryRows::write(&[&rows_of(&opened)], &first).await,
        Ok(vec![])
    );
    let mut stock: Stock = stored(&opened);
    let mut rows = baskets(&ids, &mut stock, 1);
    rows.stock.reverse();
    let products: Vec<_> = stock.keys().collect();

    let lock = |product, how: &str| {
        format!("SELECT 1 FROM stock_items WHERE product_id = '{product}' FOR UPDATE {how}")
    };
    first.batch_execute("BEGIN").await.unwrap();
    first.batch_execute(&lock(products[0], "")).await.unwrap();
    let backend: Backend = sql_query("SELECT pg_backend_pid() AS pid")
        .get_result(&mut &second)
        .await
        .unwrap();
    let writing = tokio::spawn(async move { InventoryRows::write(&[&rows], &second).await });
    let waits = format!("SELECT cardinality(pg_blocking_pids({})) AS pid", backend.pid);
    loop {
        let blocked: Backend = sql_query(&waits).get_result(&mut first).await.unwrap();
        if blocked.pid > 0 {
            break;
        }
        tokio::task::yield_now().await;
    }
    let other = first.batch_execute(&lock(products[1], "NOWAIT")).await;
    first.batch_execute("ROLLBACK").await.unwrap();
    assert_eq!(writing.await.unwrap(), Ok(vec![]));
    first
        .batch_execute(&format!("DROP SCHEMA {schema} CASCADE"))
        .await
        .unwrap();
    other.expect("the batch held the second product and waited for the first");
}
