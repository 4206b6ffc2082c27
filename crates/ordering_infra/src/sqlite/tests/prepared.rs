//! Placing and reading an order prepares each statement once; after that it is only bound and run.

use std::sync::{Arc, Mutex};

use diesel::{
    Connection, SqliteConnection,
    connection::{Instrumentation, InstrumentationEvent},
};
use diesel_migrations::MigrationHarness;
use ordering_app::VisibleTo;
use shared_kernel::{AggregateRoot, in_memory::CountingIds};

use crate::{
    sqlite::{MIGRATIONS, order_tables},
    test_orders::{an_order, placed},
};

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

#[test]
fn placing_takes_two_statements_and_reading_two_whoever_asks_each_prepared_once() {
    let mut connection = SqliteConnection::establish(":memory:").unwrap();
    connection.run_pending_migrations(MIGRATIONS).unwrap();
    let cached = Cached::default();
    connection.set_instrumentation(cached.clone());
    let ids = CountingIds::default();
    for lines in 1..4 {
        let order = an_order(&ids, lines);
        order_tables::write(&placed(&order), &mut connection).unwrap();
        for who in [
            VisibleTo::Everyone,
            VisibleTo::Customer(order.record().customer_id),
        ] {
            let read = order_tables::read(order.id(), who, &mut connection)
                .unwrap()
                .unwrap();
            assert_eq!(read.lines.len(), usize::from(lines));
        }
    }
    let cached = cached.0.lock().unwrap();
    let about = |beginning: &str, middle: &str| {
        let found = cached
            .iter()
            .filter(|sql| sql.starts_with(beginning) && sql.contains(middle));
        found.count()
    };
    assert_eq!(about("INSERT INTO orders", ""), 1);
    assert_eq!(about("INSERT INTO order_lines", ""), 1);
    assert_eq!(about("SELECT", "FROM orders"), 2);
    assert_eq!(about("SELECT", "FROM order_lines"), 1);
    assert_eq!(cached.len(), 5, "{cached:?}");
}
