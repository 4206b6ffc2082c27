//! Commits that are shared, and errors that are not.

use message_bus::{Delivery, Unavailable};
use shared_kernel::EventId;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn in_a_batch_of_64_three_bad_write_sets_fail_alone() {
    let fixture = Fixture::new().await;
    fixture.context().commit(fixture.eventful(1000)).await.unwrap();
    let write_sets = (1..=64)
        .map(|id| {
            let rows = match id {
                10 => Thing::Resize {
                    id: 1000,
                    expected_version: 7,
                },
                20 => Thing::Insert {
                    id,
                    name: "thing 1000".to_owned(),
                    size: 1,
                },
                30 => Thing::Insert {
                    id,
                    name: "thing 30".to_owned(),
                    size: 0,
                },
                id => Fixture::thing(id),
            };
            fixture.write_set(rows, vec![event(id, 1)], &fixture.meta())
        })
        .collect();

    let mut committer = fixture.committer(&fixture.server).await;
    let answers = commit_with(&mut committer, write_sets).await;

    for (id, answer) in (1..).zip(&answers) {
        match (id, answer) {
            (10, Err(CommitError::VersionConflict)) => {}
            (20, Err(CommitError::AlreadyExists { constraint })) => assert_eq!(constraint, "things.name"),
            (30, Err(CommitError::ConstraintBroken { constraint })) => {
                assert_eq!(constraint, "size_is_positive");
            }
            (_, Ok(())) => {}
            (_, Err(error)) => panic!("write set {id}: {error}"),
        }
    }
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 61);
    assert_eq!(fixture.count("things").await, 62);
    assert_eq!(
        fixture.count("event_log").await,
        62,
        "events of failed write sets are gone too"
    );
    let statistics = committer.state.statistics();
    assert_eq!(statistics.write_sets, 61);
    // The one at another version is found at once; for each of the other two, 64 are halved until it is alone.
    assert!(
        statistics.commits <= 12,
        "they hardly share commits: {statistics:?}"
    );
    let transactions = "(SELECT DISTINCT xmin::text FROM things WHERE name <> 'thing 1000') AS transactions";
    assert_eq!(
        fixture.count(transactions).await,
        i64::try_from(statistics.commits).unwrap(),
        "there are savepoints"
    );
    fixture.drop_database().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_without_a_fault_is_one_transaction() {
    let fixture = Fixture::new().await;
    let write_sets = (1..=64).map(|id| fixture.eventful(id)).collect();
    let answers = fixture.commit_together(write_sets).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    let transactions = "(SELECT DISTINCT xmin::text FROM things) AS transactions";
    assert_eq!(fixture.count(transactions).await, 1);
    fixture.drop_database().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_changes_of_one_thing_in_one_batch_are_decided_by_its_version() {
    let fixture = Fixture::new().await;
    fixture.context().commit(fixture.eventful(1)).await.unwrap();
    let change = || {
        let rows = Thing::Resize {
            id: 1,
            expected_version: 1,
        };
        fixture.write_set(rows, vec![event(1, 2)], &fixture.meta())
    };
    let answers = fixture
        .commit_together(vec![change(), change(), fixture.eventful(2)])
        .await;
    assert!(
        matches!(answers[..], [Ok(()), Err(CommitError::VersionConflict), Ok(())]),
        "{answers:?}"
    );
    assert_eq!(fixture.count("things WHERE size = 2 AND version = 2").await, 1);
    fixture.drop_database().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn twins_with_one_key_write_once_and_get_one_answer() {
    let fixture = Fixture::new().await;
    let keyed = |id, fingerprint| {
        let mut meta = fixture.meta();
        meta.replay = replay("ada POST /orders 1", fingerprint);
        fixture.write_set(Fixture::thing(id), vec![event(id, 1)], &meta)
    };
    let answers = fixture
        .commit_together(vec![keyed(1, 7), keyed(2, 7), keyed(3, 8), fixture.eventful(4)])
        .await;
    assert!(
        matches!(&answers[1], Err(CommitError::AlreadyDone { result }) if result == "\"done\""),
        "{answers:?}"
    );
    assert!(
        matches!(answers[2], Err(CommitError::ReplayKeyReused)),
        "{answers:?}"
    );
    assert!(
        matches!((&answers[0], &answers[3]), (Ok(()), Ok(()))),
        "{answers:?}"
    );
    assert_eq!(fixture.count("things").await, 2);
    fixture.drop_database().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_commands_decided_together_all_positions_move_or_none_does() {
    let fixture = Fixture::new().await;
    let meta = |aggregate, version, previous| CommandMeta {
        delivery: Some(Delivery {
            consumer: "things.users",
            event_id: EventId::new(Uuid::nil()),
            aggregate_id: Uuid::from_u128(aggregate),
            version: Version::new(version),
            previous_version: Version::new(previous),
        }),
        ..fixture.meta()
    };
    let together = |thing, first: &CommandMeta, second: &CommandMeta| {
        let write_set = fixture.write_set(Fixture::thing(thing), vec![event(thing, 1)], first);
        write_set.with_command(vec![event(thing, 2)], second, &SharedIds)
    };
    // Two that share a position are not written at once; the third is refused for the second of its deliveries.
    let answers = fixture
        .commit_together(vec![
            together(1, &meta(1, 1, 0), &meta(2, 1, 0)),
            together(2, &meta(3, 1, 0), &meta(2, 2, 1)),
            together(3, &meta(1, 2, 1), &meta(2, 1, 0)),
            together(4, &meta(1, 2, 1), &meta(4, 4, 3)),
        ])
        .await;
    assert!(
        matches!(
            answers[..],
            [
                Ok(()),
                Ok(()),
                Err(CommitError::AlreadyApplied),
                Err(CommitError::DeliveryGap {
                    position: Version::NEVER_STORED,
                    ..
                })
            ]
        ),
        "{answers:?}"
    );
    assert_eq!(fixture.count("consumer_positions").await, 3);
    assert_eq!(fixture.count("consumer_positions WHERE position = 1").await, 2);
    assert_eq!(fixture.count("event_log").await, 4);
    assert_eq!(
        fixture
            .count("(SELECT DISTINCT command_id FROM event_log) AS commands")
            .await,
        4,
        "each event names its own command"
    );
    fixture.drop_database().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_panics_fails_alone_and_the_committer_lives_on() {
    let fixture = Fixture::new().await;
    let panics = fixture.write_set(Thing::Panic, vec![event(9, 1)], &fixture.meta());
    let mut committer = fixture.committer(&fixture.server).await;
    let answers = commit_with(
        &mut committer,
        vec![fixture.eventful(1), panics, fixture.eventful(2)],
    )
    .await;
    assert!(
        matches!(
            answers[..],
            [
                Ok(()),
                Err(CommitError::Unavailable(Unavailable::Defect(_))),
                Ok(())
            ]
        ),
        "{answers:?}"
    );
    let answers = commit_with(&mut committer, vec![fixture.eventful(3)]).await;
    assert!(matches!(answers[..], [Ok(())]), "{answers:?}");
    assert_eq!(fixture.count("things").await, 3);
    fixture.drop_database().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deadlock_is_tried_again_and_shown_to_nobody() {
    let fixture = Fixture::new().await;
    for id in [1, 2] {
        fixture.context().commit(fixture.eventful(id)).await.unwrap();
    }
    // Another transaction has thing 2 and then needs thing 1, which the batch has by then: the server ends one of the two.
    let mut other = fixture.server.connect("things").await.unwrap().connection;
    other
        .batch_execute(
            "SET deadlock_timeout = '1h'; BEGIN; UPDATE things SET size = 7 WHERE name = 'thing 2'",
        )
        .await
        .unwrap();
    let resize = |id| {
        let rows = Thing::Resize {
            id,
            expected_version: 1,
        };
        fixture.write_set(rows, vec![event(id, 2)], &fixture.meta())
    };
    let write_sets = vec![resize(1), resize(2)];
    let (answers, undone) = tokio::join!(fixture.commit_together(write_sets), async {
        // Until the batch waits for thing 2, and so holds thing 1.
        while fixture.count("pg_locks WHERE NOT granted").await == 0 {
            tokio::task::yield_now().await;
        }
        let blocked = other
            .batch_execute("UPDATE things SET size = 8 WHERE name = 'thing 1'")
            .await;
        let undone = other.batch_execute("ROLLBACK").await;
        blocked.and(undone)
    });
    assert!(
        matches!(answers[..], [Ok(()), Ok(())]),
        "{answers:?}; the other: {undone:?}"
    );
    assert_eq!(fixture.count("things WHERE version = 2").await, 2);
    fixture.drop_database().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_find_another_version_are_told_so_and_the_others_still_share_one_commit() {
    let fixture = Fixture::new().await;
    fixture.context().commit(fixture.eventful(1000)).await.unwrap();
    let stale = || {
        let rows = Thing::Resize {
            id: 1000,
            expected_version: 7,
        };
        fixture.write_set(rows, vec![], &fixture.meta())
    };
    let mut write_sets: Vec<_> = (1..=16).map(|id| fixture.eventful(id)).collect();
    write_sets.insert(8, stale());
    let mut committer = fixture.committer(&fixture.server).await;
    let answers = commit_with(&mut committer, write_sets).await;
    for (place, answer) in answers.iter().enumerate() {
        assert_eq!(answer.is_ok(), place != 8, "{place}: {answer:?}");
    }
    assert!(
        matches!(answers[8], Err(CommitError::VersionConflict)),
        "{answers:?}"
    );
    let statistics = committer.state.statistics();
    assert_eq!((statistics.commits, statistics.write_sets), (1, 16));
    fixture.drop_database().await;
}
