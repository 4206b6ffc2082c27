//! Values that the database refuses.

use message_bus::Unavailable;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_the_database_does_not_hold_fails_alone_and_for_good() {
    let fixture = Fixture::new().await;
    let zero_byte = Thing::Insert {
        id: 2,
        name: "thing\0".to_owned(),
        size: 1,
    };
    let refused = fixture.write_set(zero_byte, vec![event(2, 1)], &fixture.meta());
    let answers = fixture
        .commit_together(vec![fixture.eventful(1), refused, fixture.eventful(3)])
        .await;
    let [
        Ok(()),
        Err(CommitError::Unavailable(Unavailable::ValueRefused(_))),
        Ok(()),
    ] = &answers[..]
    else {
        panic!("{answers:?}");
    };
    assert_eq!(fixture.count("things").await, 2);
    fixture.drop_database().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_about_a_value_that_the_database_does_not_hold_is_no_failed_dependency() {
    let fixture = Fixture::new().await;
    let link = fixture.server.connect("things").await.unwrap();
    for (statement, value) in [
        ("SELECT 1 FROM things WHERE name = $1", "thing\0"),
        ("SELECT $1::integer", "2147483648"),
        (
            "SELECT 1 WHERE $1::jsonb ->> 'name' = ''",
            r#"{"name": "\u0000"}"#,
        ),
    ] {
        let refused = diesel::sql_query(statement)
            .bind::<sql_types::Text, _>(value)
            .execute(&mut &link.connection)
            .await
            .unwrap_err();
        let refused = Unavailable::from(crate::ReadError::from(refused));
        assert!(
            matches!(refused, Unavailable::ValueRefused(_)),
            "{statement}: {refused:?}"
        );
    }
    fixture.drop_database().await;
}
