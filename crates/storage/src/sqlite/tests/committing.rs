//! Commits that are shared, and errors that are not.

use message_bus::CommitError;
use operations::ContextOperations;

use super::*;
use crate::CommitStatistics;
use event_delivery::EventLog;

#[tokio::test]
async fn in_a_batch_of_64_three_bad_write_sets_fail_alone() {
    let fixture = Fixture::new();
    fixture
        .context
        .commit(fixture.write_set(Fixture::thing(1000)))
        .await
        .unwrap();
    let write_sets = (1..=64)
        .map(|id| match id {
            10 => fixture.write_set_with(
                Things::Resize {
                    id: 1000,
                    expected_version: 7,
                },
                vec![event(10, 1)],
                &fixture.meta(),
            ),
            20 => fixture.write_set(Things::Insert {
                id,
                name: "thing 1000".to_owned(),
                size: 1,
            }),
            30 => fixture.write_set(Things::Insert {
                id,
                name: "thing 30".to_owned(),
                size: 0,
            }),
            id => fixture.eventful(id),
        })
        .collect();
    let before = fixture.context.statistics();

    let answers = fixture.commit_together(write_sets).await;

    for (id, answer) in (1..).zip(&answers) {
        match (id, answer) {
            (10, Err(CommitError::VersionConflict)) => {}
            (20, Err(CommitError::AlreadyExists { constraint })) => assert_eq!(constraint, "things.name"),
            (30, Err(CommitError::ConstraintBroken { constraint })) => {
                assert_eq!(constraint, "size_is_positive")
            }
            (_, Ok(())) => {}
            (_, Err(error)) => panic!("write set {id}: {error}"),
        }
    }
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 61);
    assert_eq!(fixture.names().await.len(), 62);
    assert_eq!(
        fixture.context.unpublished(100).await.unwrap().len(),
        61,
        "events of failed write sets are gone too"
    );
    assert_eq!(
        fixture.context.statistics(),
        CommitStatistics {
            commits: before.commits + 1,
            write_sets: before.write_sets + 61
        },
        "they shared one commit"
    );
}

#[tokio::test]
async fn two_changes_of_one_thing_in_one_batch_are_decided_by_its_version() {
    let fixture = Fixture::new();
    fixture
        .context
        .commit(fixture.write_set(Fixture::thing(1)))
        .await
        .unwrap();
    let change = || {
        fixture.write_set(Things::Resize {
            id: 1,
            expected_version: 1,
        })
    };
    let answers = fixture.commit_together(vec![change(), change()]).await;
    assert!(
        matches!(answers[..], [Ok(()), Err(CommitError::VersionConflict)]),
        "{answers:?}"
    );
}

#[tokio::test]
async fn twins_with_one_key_write_once_and_get_one_answer() {
    let fixture = Fixture::new();
    let keyed = |id, fingerprint| {
        let mut meta = fixture.meta();
        meta.replay = replay("ada POST /orders 1", fingerprint);
        fixture.write_set_with(Fixture::thing(id), vec![event(id, 1)], &meta)
    };
    let answers = fixture
        .commit_together(vec![keyed(1, 7), keyed(2, 7), keyed(3, 8)])
        .await;
    assert!(
        matches!(&answers[1], Err(CommitError::AlreadyDone { result }) if result == "\"done\""),
        "{answers:?}"
    );
    assert!(
        matches!(answers[2], Err(CommitError::ReplayKeyReused)),
        "{answers:?}"
    );
    assert_eq!(fixture.names().await, ["thing 1"]);
}

#[tokio::test]
async fn a_write_that_panics_fails_alone_and_the_committer_lives_on() {
    let fixture = Fixture::new();
    let write_sets = vec![
        fixture.eventful(1),
        fixture.write_set(Things::Panic),
        fixture.eventful(2),
    ];
    let answers = fixture.commit_together(write_sets).await;
    assert!(
        matches!(answers[..], [Ok(()), Err(CommitError::Unavailable(_)), Ok(())]),
        "{answers:?}"
    );
    fixture.context.commit(fixture.eventful(3)).await.unwrap();
    assert_eq!(fixture.names().await.len(), 3);
}

#[tokio::test]
async fn a_caller_that_goes_away_changes_nothing() {
    let fixture = Fixture::new();
    let write_set = fixture.eventful(1);
    let occupied = fixture.occupied().await;
    // It is queued, and then its caller is gone.
    let caller = fixture.queued(write_set);
    drop(caller);
    occupied.let_go().await;
    fixture.context.commit(fixture.eventful(2)).await.unwrap();
    assert_eq!(fixture.names().await, ["thing 1", "thing 2"]);
}

#[tokio::test]
async fn a_full_queue_says_so_at_once_and_loses_nothing_it_took() {
    let fixture = Fixture::new();
    let occupied = fixture.occupied().await;
    let callers: Vec<_> = (1..=8192)
        .map(|_| fixture.queued(fixture.write_set(Things::Nothing)))
        .collect();
    let refused = fixture.context.commit(fixture.eventful(1)).await;
    assert!(
        matches!(refused, Err(CommitError::Unavailable(Unavailable::Busy { .. }))),
        "{refused:?}"
    );
    occupied.let_go().await;
    assert!(
        futures_util::future::join_all(callers)
            .await
            .iter()
            .all(Result::is_ok)
    );
    assert!(fixture.names().await.is_empty());
}

#[tokio::test]
async fn operators_see_batches_by_size_what_is_queued_and_since_when_events_wait() {
    let fixture = Fixture::new();
    assert_eq!(
        fixture.context.backlog().await.unwrap().oldest_unpublished_at,
        None
    );
    let occupied = fixture.occupied().await;
    let callers: Vec<_> = (1..=3).map(|id| fixture.queued(fixture.eventful(id))).collect();
    assert_eq!(fixture.context.commits().queued, 3);
    occupied.let_go().await;
    futures_util::future::join_all(callers).await;
    let happened = fixture.clock.now();
    fixture.clock.advance_seconds(60);
    fixture.context.commit(fixture.eventful(4)).await.unwrap();

    let commits = fixture.context.commits();
    assert_eq!(commits.queued, 0);
    assert_eq!(
        commits.batches.counts[..4],
        [1, 0, 1, 0],
        "one of 1, and one of 3 or 4; upkeep is none"
    );
    assert_eq!(commits.batches.write_sets, 4);
    let backlog = fixture.context.backlog().await.unwrap();
    assert_eq!(backlog.unpublished, 4);
    assert_eq!(backlog.oldest_unpublished_at, Some(happened));
}

#[tokio::test]
async fn a_query_that_panics_fails_alone_and_the_readers_live_on() {
    let fixture = Fixture::new();
    for _ in 0..5 {
        let result = fixture
            .context
            .read::<(), _>(|_| panic!("a query that panics"))
            .await;
        assert!(result.is_err());
    }
    assert!(fixture.names().await.is_empty());
}

#[tokio::test]
async fn closing_commits_what_is_queued_and_refuses_what_comes_later() {
    let fixture = Fixture::new();
    let occupied = fixture.occupied().await;
    let caller = fixture.queued(fixture.eventful(1));
    occupied.let_go().await;
    fixture.context.close().await;
    caller.await.unwrap();
    assert!(fixture.context.commit(fixture.eventful(2)).await.is_err());
    assert_eq!(fixture.names().await, ["thing 1"]);
}
