//! Reserving prepares what it reads and adds once; after that it is only bound and run. Lists use their indexes.

use std::sync::{Arc, Mutex};

use diesel::{
    Connection, QueryableByName, RunQueryDsl, SqliteConnection,
    connection::{Instrumentation, InstrumentationEvent},
    sql_query,
    sql_types::Text,
};
use diesel_migrations::MigrationHarness;
use shared_kernel::in_memory::CountingIds;

use super::*;
use crate::test_baskets::{baskets, rows_of, stock_of, stored};

/// The statements that were added to the connection's cache, each as often as it was. One that is prepared
/// anew each time is never added.
#[derive(Clone, Default)]
struct Cached(Arc<Mutex<Vec<String>>>);

impl Instrumentation for Cached {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::CacheQuery { sql, .. } = event {
            self.0.lock().unwrap().push(sql.replace('`', ""));
        }
    }
}

fn migrated() -> SqliteConnection {
    let mut connection = SqliteConnection::establish(":memory:").unwrap();
    connection.run_pending_migrations(MIGRATIONS).unwrap();
    connection
}

#[test]
fn reserving_loads_by_three_statements_and_adds_by_two_each_prepared_once() {
    let mut connection = migrated();
    let ids = CountingIds::default();
    let opened = stock_of(&ids, 3);
    rows_of(&opened).write(&mut connection).unwrap();
    let cached = Cached::default();
    connection.set_instrumentation(cached.clone());
    let mut stock = stored(&opened);
    for orders in 1..4 {
        let rows = baskets(&ids, &mut stock, orders);
        let products = stock.keys().copied().collect();
        assert_eq!(
            stock_tables::items_of(&products, &mut connection).unwrap().len(),
            3
        );
        rows.write(&mut connection).unwrap();
        let wanted = rows
            .reservations
            .iter()
            .map(|change| OrderId::new(change.row.order_id.0));
        let reservations = reservation_tables::of_orders(&wanted.collect(), &mut connection).unwrap();
        let whole = reservation_tables::with_lines(reservations, &mut connection).unwrap();
        assert_eq!(whole.len(), orders);
        assert!(whole.iter().all(|whole| whole.lines.len() == 3));
        stock = stored(&stock);
    }
    let cached = cached.0.lock().unwrap();
    let beginnings = [
        "SELECT",
        "INSERT INTO reservations",
        "INSERT INTO reservation_lines",
    ];
    let counts = beginnings.map(|beginning| cached.iter().filter(|sql| sql.starts_with(beginning)).count());
    assert_eq!(counts, [3, 1, 1], "{cached:?}");
    // Diesel prepares an UPDATE anew each time, and there is one for each product of a batch, however many orders.
    assert_eq!(cached.len(), 5, "{cached:?}");
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[test]
fn what_is_held_is_found_by_the_index_of_what_is_held() {
    let mut connection = migrated();
    let plan = "EXPLAIN QUERY PLAN SELECT * FROM reservations WHERE state = 'held' AND order_id > x'00' ORDER BY order_id LIMIT 9";
    let steps: Vec<Step> = sql_query(plan).load(&mut connection).unwrap();
    let details: Vec<_> = steps.iter().map(|step| &*step.detail).collect();
    assert_eq!(
        details,
        ["SEARCH reservations USING INDEX reservations_held (order_id>?)"]
    );
}
