//! Connections that break, and the outcome afterwards.

use std::time::Duration;

use diesel_async::SimpleAsyncConnection;

use super::*;

/// Ends, on the server, the connection that a committer has.
async fn break_connection_of(fixture: &Fixture, committer: &Committer) {
    #[derive(diesel::QueryableByName)]
    struct Process {
        #[diesel(sql_type = sql_types::Integer)]
        process: i32,
    }
    let link = committer.link.as_ref().unwrap();
    let own: Process = diesel::sql_query("SELECT pg_backend_pid() AS process")
        .get_result(&mut &link.connection)
        .await
        .unwrap();
    let end = format!("SELECT pg_terminate_backend({}, 60000)", own.process);
    administer(&fixture.administrator, &end).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_is_lost_before_a_batch_costs_nobody_anything() {
    let fixture = Fixture::new().await;
    let mut committer = fixture.committer(&fixture.server).await;
    break_connection_of(&fixture, &committer).await;
    let answers = commit_with(&mut committer, vec![fixture.eventful(1)]).await;
    assert!(matches!(answers[..], [Ok(())]), "{answers:?}");
    assert_eq!(fixture.count("things").await, 1);
    fixture.drop_database().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_became_of_a_commit_is_looked_up() {
    let fixture = Fixture::new().await;
    let mut committer = fixture.committer(&fixture.server).await;
    let answers = commit_with(&mut committer, vec![fixture.eventful(1)]).await;
    assert!(matches!(answers[..], [Ok(())]), "{answers:?}");
    assert!(committer.was_committed().await);
    // As if the next batch had been sent and never came to COMMIT.
    committer.batch += 1;
    assert!(!committer.was_committed().await);
    fixture.drop_database().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_up_waits_for_a_transaction_that_is_still_under_way() {
    let fixture = Fixture::new().await;
    let mut committer = fixture.committer(&fixture.server).await;
    let mut slow = fixture.server.connect("things").await.unwrap().connection;
    committer.batch = 1;
    let move_on = format!(
        "BEGIN; UPDATE committers SET batch = 1 WHERE committer = '{}'",
        committer.id
    );
    slow.batch_execute(&move_on).await.unwrap();
    let (committed, ()) = tokio::join!(committer.was_committed(), async {
        while fixture.count("pg_locks WHERE NOT granted").await == 0 {
            tokio::task::yield_now().await;
        }
        slow.batch_execute("COMMIT").await.unwrap();
    });
    assert!(committed, "the transaction committed after all");
    fixture.drop_database().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_that_is_not_answered_is_looked_up_when_it_has_ended() {
    let fixture = Fixture::new().await;
    let mut committer = fixture.committer(&fixture.server).await;
    committer.commit_patience = Duration::from_millis(50);
    let mut other = fixture.server.connect("things").await.unwrap().connection;
    // COMMIT itself waits for a lock, as it would for a network or a standby.
    let stall = "CREATE FUNCTION stall() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NULL; END $$;
         CREATE CONSTRAINT TRIGGER stalls AFTER INSERT ON things DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION stall();
         SELECT pg_advisory_lock(1)";
    other.batch_execute(stall).await.unwrap();
    let (answers, ()) = tokio::join!(commit_with(&mut committer, vec![fixture.eventful(1)]), async {
        // The COMMIT, and behind it the question what became of it.
        while fixture.count("pg_locks WHERE NOT granted").await < 2 {
            tokio::task::yield_now().await;
        }
        other.batch_execute("SELECT pg_advisory_unlock(1)").await.unwrap();
    });
    assert!(matches!(answers[..], [Ok(())]), "{answers:?}");
    assert_eq!(fixture.count("things").await, 1);
    fixture.drop_database().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_committer_whose_row_was_forgotten_makes_it_again() {
    let fixture = Fixture::new().await;
    let mut committer = fixture.committer(&fixture.server).await;
    let mut other = fixture.server.connect("things").await.unwrap().connection;
    other.batch_execute("DELETE FROM committers").await.unwrap();
    let answers = commit_with(&mut committer, vec![fixture.eventful(1)]).await;
    assert!(matches!(answers[..], [Ok(())]), "{answers:?}");
    fixture.drop_database().await;
}
