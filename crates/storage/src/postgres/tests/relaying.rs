//! Which events are published, and by which process.

use diesel_async::SimpleAsyncConnection;

use super::*;
use event_delivery::EventLog;

const INSERT: &str = "INSERT INTO event_log (event_id, event_type, schema_version, private, aggregate_type, aggregate_id,
     aggregate_version, occurred_at, command_id, correlation_id, actor, data)
     VALUES (gen_random_uuid(), 'ThingMade', 1, false, 'thing', gen_random_uuid(), 1, now(), gen_random_uuid(),
             gen_random_uuid(), 'anonymous', '{}')";

/// A relay of the wrong kind: it keeps a cursor.
async fn seen_by_a_cursor(fixture: &Fixture, cursor: &mut i64) -> usize {
    let unpublished = fixture.context().unpublished(100).await.unwrap();
    let new: Vec<i64> = unpublished
        .iter()
        .map(|event| event.sequence)
        .filter(|sequence| *sequence > *cursor)
        .collect();
    *cursor = new.iter().copied().max().unwrap_or(*cursor);
    new.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn events_that_commit_in_reverse_order_are_both_published() {
    let fixture = Fixture::new().await;
    let log = fixture.context();
    assert!(log.may_relay().await.unwrap());
    let mut first = fixture.server.connect("things").await.unwrap().connection;
    let mut second = fixture.server.connect("things").await.unwrap().connection;
    for connection in [&mut first, &mut second] {
        connection.batch_execute("BEGIN").await.unwrap();
        connection.batch_execute(INSERT).await.unwrap();
    }
    let mut cursor = 0;
    let (mut published, mut seen) = (Vec::new(), 0);
    for connection in [&mut second, &mut first] {
        connection.batch_execute("COMMIT").await.unwrap();
        seen += seen_by_a_cursor(&fixture, &mut cursor).await;
        let sequences: Vec<i64> = log
            .unpublished(100)
            .await
            .unwrap()
            .iter()
            .map(|event| event.sequence)
            .collect();
        published.extend(sequences.clone());
        log.mark_published(sequences);
        log.mark_the_rest().await;
    }
    assert_eq!(published, [2, 1]);
    assert_eq!(log.unpublished(100).await.unwrap(), []);
    assert_eq!(seen, 1, "a relay with a cursor misses one");
    fixture.drop_database().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_processes_one_relays_until_it_is_gone() {
    let fixture = Fixture::new().await;
    let other = fixture.open_another().await;
    assert!(fixture.context().may_relay().await.unwrap());
    assert!(!other.may_relay().await.unwrap());
    assert!(
        fixture.context().may_relay().await.unwrap(),
        "it holds on to the lease"
    );
    // As if the first had been away for longer than its lease.
    let mut administrator = fixture.server.connect("things").await.unwrap().connection;
    administrator
        .batch_execute("UPDATE relay_lease SET expires_at = '-infinity'")
        .await
        .unwrap();
    assert!(other.may_relay().await.unwrap());
    assert!(!fixture.context().may_relay().await.unwrap());
    crate::ContextDatabase::close(&other).await;
    assert!(
        fixture.context().may_relay().await.unwrap(),
        "the lease was given back"
    );
    fixture.drop_database().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lease_from_before_the_clock_was_set_back_has_lapsed() {
    let fixture = Fixture::new().await;
    let other = fixture.open_another().await;
    assert!(fixture.context().may_relay().await.unwrap());
    let mut administrator = fixture.server.connect("things").await.unwrap().connection;
    administrator
        .batch_execute("UPDATE relay_lease SET expires_at = clock_timestamp() + interval '1 hour'")
        .await
        .unwrap();
    assert!(other.may_relay().await.unwrap());
    assert!(!fixture.context().may_relay().await.unwrap());
    crate::ContextDatabase::close(&other).await;
    fixture.drop_database().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_relay_that_lost_its_lease_marks_nothing() {
    let fixture = Fixture::new().await;
    let other = fixture.open_another().await;
    fixture.context().commit(fixture.eventful(1)).await.unwrap();
    assert!(fixture.context().may_relay().await.unwrap());
    let mut administrator = fixture.server.connect("things").await.unwrap().connection;
    administrator
        .batch_execute("UPDATE relay_lease SET expires_at = '-infinity'")
        .await
        .unwrap();
    assert!(other.may_relay().await.unwrap());
    // The first has not noticed yet.
    fixture.context().mark_published(vec![1]);
    fixture.context().mark_the_rest().await;
    assert_eq!(other.unpublished(100).await.unwrap().len(), 1);
    other.mark_published(vec![1]);
    other.mark_the_rest().await;
    assert_eq!(other.unpublished(100).await.unwrap(), []);
    crate::ContextDatabase::close(&other).await;
    fixture.drop_database().await;
}
