//! Frequent queries cost the same however much is stored.

use std::{sync::Mutex, time::Duration};

use diesel::{
    Connection,
    connection::{Instrumentation, InstrumentationEvent},
    sql_types::Text,
};
use futures_util::FutureExt;
use message_bus::Delivery;
use shared_kernel::{EventId, IdGenerator};

use super::*;
use crate::{
    any_connection::{AnyConnection, at_once},
    columns::RowTime,
    delivering::{consumer_positions, pending_deliveries},
    event_log::{log_state, sqlite as event_log},
    operating::{invariants, operator_views},
};

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// The statements that were begun.
#[derive(Clone, Default)]
struct Begun(Arc<Mutex<Vec<String>>>);

impl Instrumentation for Begun {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            let text = query.to_string();
            let statement = text.split(" -- binds").next().unwrap_or_default();
            self.0.lock().unwrap().push(statement.to_owned());
        }
    }
}

fn explained(connection: &mut SqliteConnection, statement: &str) -> String {
    let lines: Vec<Line> = sql_query(format!("EXPLAIN QUERY PLAN {statement}"))
        .load(connection)
        .unwrap();
    lines
        .into_iter()
        .map(|line| line.detail)
        .collect::<Vec<_>>()
        .join("; ")
}

#[tokio::test]
async fn what_is_left_to_do_is_found_by_indexes_that_hold_nothing_else() {
    let fixture = Fixture::new();
    let id = fixture.ids.next_id();
    let delivery = Delivery {
        consumer: "test.things",
        event_id: EventId::new(id),
        aggregate_id: id,
        version: Version::new(1),
        previous_version: Version::NEVER_STORED,
    };
    let plans = fixture.context.read(move |connection| {
        let begun = Begun::default();
        connection.set_instrumentation(begun.clone());
        event_log::unpublished(connection, "things", 10)?;
        let any = &mut AnyConnection::Sqlite(connection);
        at_once(log_state::count_unpublished(any).boxed())?;
        at_once(log_state::oldest_unpublished_at(any).boxed())?;
        at_once(consumer_positions::progress(any, delivery).boxed())?;
        at_once(pending_deliveries::due(any, "test.things", RowTime(0), Duration::ZERO, 10).boxed())?;
        at_once(pending_deliveries::gaps(any, "test.things", RowTime(0), 10).boxed())?;
        at_once(operator_views::count_unfinished(any).boxed())?;
        at_once(operator_views::dead_letters(any, None, 10).boxed())?;
        at_once(invariants::pending_versions(any, "test.things", id).boxed())?;
        let statements = std::mem::take(&mut *begun.0.lock().unwrap());
        let plans: Vec<String> = statements
            .iter()
            .map(|statement| explained(connection, statement))
            .collect();
        Ok(plans)
    });
    let plans = plans.await.unwrap();
    let indexes = [
        "event_log_unpublished",
        "event_log_unpublished",
        "event_log_unpublished",
        "deliveries_unfinished",
        "deliveries_retrying (consumer=? AND next_attempt_at<?)",
        "deliveries_retrying (consumer=? AND next_attempt_at>?)",
        "deliveries_waiting (consumer=?)",
        "deliveries_waiting (consumer=? AND held_at<?)",
        "LIST SUBQUERY",
        "deliveries_dead",
        "deliveries_unfinished (consumer=? AND aggregate_id=?)",
    ];
    assert_eq!(plans.len(), indexes.len(), "{plans:#?}");
    for (plan, index) in plans.iter().zip(indexes) {
        assert!(plan.contains(index), "{plan}");
    }
    // In the order of the index, without reading ended rows or sorting pending ones; the predecessors of each by its aggregate.
    for plan in &plans[4..8] {
        assert!(
            plan.contains("deliveries_unfinished (consumer=? AND aggregate_id=?"),
            "{plan}"
        );
        assert!(!plan.contains("TEMP B-TREE"), "{plan}");
    }
    assert!(!plans[8].contains("CORRELATED"), "{}", plans[8]);
    assert!(!plans[9].contains("TEMP B-TREE"), "{}", plans[9]);
}

#[tokio::test]
async fn sqlite_was_built_so_that_plans_do_not_depend_on_bound_values() {
    let fixture = Fixture::new();
    let options = fixture.context.read(|connection| {
        let lines: Vec<Line> =
            sql_query("SELECT compile_options AS detail FROM pragma_compile_options").load(connection)?;
        Ok(lines)
    });
    let options = options.await.unwrap();
    assert!(options.iter().any(|option| option.detail == "ENABLE_QPSG"));
}
