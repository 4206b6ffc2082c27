//! Look-ups that share statements.

use std::{
    collections::HashMap,
    sync::atomic::{AtomicUsize, Ordering},
};

use message_bus::Unavailable;

use super::*;
use crate::{ReadError, postgres::LookUps};

#[tokio::test(flavor = "multi_thread")]
async fn look_ups_that_wait_share_statements_and_each_gets_its_own() {
    static STATEMENTS: AtomicUsize = AtomicUsize::new(0);
    let fixture = Fixture::new().await;
    let doubles = LookUps::start(fixture.context(), |keys: Vec<i64>, _| async move {
        STATEMENTS.fetch_add(1, Ordering::Relaxed);
        let even = keys.into_iter().filter(|key| key % 2 == 0);
        Ok(even.map(|key| (key, key * 2)).collect())
    });
    let found = futures_util::future::join_all((0..1000).map(|key| doubles.find(key))).await;
    for (key, found) in (0..).zip(found) {
        assert_eq!(found.unwrap(), (key % 2 == 0).then_some(key * 2));
    }
    // 64 at a time, and whatever the first ones found waiting.
    let statements = AtomicUsize::load(&STATEMENTS, Ordering::Relaxed);
    assert!(
        (16..=1000 / 4).contains(&statements),
        "{statements} statements for 1,000"
    );
    fixture.drop_database().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_look_up_that_fails_is_told_to_who_waits_for_it_and_the_next_goes_well() {
    let fixture = Fixture::new().await;
    let look_ups = LookUps::start(fixture.context(), |keys: Vec<i64>, _| async move {
        match keys[..] {
            [1] => Err(ReadError::corrupt("not what was written")),
            [2] => panic!("a row that cannot be read"),
            _ => Ok(HashMap::from([(3, "three")])),
        }
    });
    for key in [1, 2] {
        let found = look_ups.find(key).await;
        assert!(matches!(found, Err(Unavailable::Defect(_))), "{key}: {found:?}");
    }
    assert_eq!(look_ups.find(3).await.unwrap(), Some("three"));
    fixture.drop_database().await;
}
