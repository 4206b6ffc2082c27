//! What a connection sets itself, whatever the database sets for others.

use super::*;
use crate::postgres::{CopyTransaction, NotCommitted};

#[derive(diesel::QueryableByName)]
struct Setting {
    #[diesel(sql_type = sql_types::Text)]
    value: String,
}

async fn setting_on_a_new_connection(fixture: &Fixture, name: &str) -> String {
    let link = fixture.server.connect("things").await.unwrap();
    let setting: Setting = diesel::sql_query(format!("SELECT current_setting('{name}') AS value"))
        .get_result(&mut &link.connection)
        .await
        .unwrap();
    setting.value
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_waits_for_the_disk_at_least_whatever_the_database_has_for_others() {
    let fixture = Fixture::new().await;
    for (of_the_database, ours) in [
        ("off", "on"),
        ("local", "local"),
        ("remote_apply", "remote_apply"),
    ] {
        let set = format!(
            "ALTER DATABASE {} SET synchronous_commit = {of_the_database}",
            fixture.name
        );
        administer(&fixture.administrator, &set).await;
        let found = setting_on_a_new_connection(&fixture, "synchronous_commit").await;
        assert_eq!(found, ours, "where the database has {of_the_database}");
    }
    fixture.drop_database().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_whose_connection_lost_its_setting_is_not_committed() {
    let fixture = Fixture::new().await;
    let mut committer = fixture.committer(&fixture.server).await;
    let set = |value: &str| format!("SET synchronous_commit = {value}");
    let mut link = committer.link.take().unwrap();
    link.connection.batch_execute(&set("off")).await.unwrap();
    committer.link = Some(link);
    let answers = commit_with(&mut committer, vec![fixture.eventful(1), fixture.eventful(2)]).await;
    for answer in answers {
        let Err(CommitError::Unavailable(error)) = answer else {
            panic!("found {answer:?}, expected a refusal");
        };
        let told = error.to_string();
        assert!(
            told.contains("fsync = on") && told.contains("synchronous_commit = off"),
            "{told}"
        );
    }
    assert_eq!(fixture.count("things").await, 0);
    let mut link = committer.link.take().unwrap();
    link.connection.batch_execute(&set("on")).await.unwrap();
    committer.link = Some(link);
    let answers = commit_with(&mut committer, vec![fixture.eventful(1)]).await;
    assert!(matches!(answers[..], [Ok(())]), "{answers:?}");
    fixture.drop_database().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_statement_sees_what_was_committed_before_it_whatever_the_database_has_for_others() {
    let fixture = Fixture::new().await;
    let set = format!(
        "ALTER DATABASE {} SET default_transaction_isolation = 'serializable'",
        fixture.name
    );
    administer(&fixture.administrator, &set).await;
    let found = setting_on_a_new_connection(&fixture, "transaction_isolation").await;
    assert_eq!(found, "read committed");
    fixture.drop_database().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_the_server_would_not_keep_is_not_committed() {
    let fixture = Fixture::new().await;
    let target = CopyTransaction::begin(&fixture.server).await.unwrap();
    target.enter("things").await.unwrap();
    target
        .connection()
        .batch_execute("CREATE TABLE copied (id BIGINT); SET synchronous_commit = off")
        .await
        .unwrap();
    let refused = target.commit().await.unwrap_err();
    let NotCommitted::Unsafe(settings) = refused else {
        panic!("{refused:?}");
    };
    assert!(settings.contains("synchronous_commit = off"), "{settings}");
    assert_eq!(fixture.count("pg_tables WHERE tablename = 'copied'").await, 0);
    fixture.drop_database().await;
}
