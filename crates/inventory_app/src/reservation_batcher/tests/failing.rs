//! What happens to the other requests when one fails.

use std::sync::atomic::Ordering;

use message_bus::Conflict;

use super::{
    super::*,
    watched::{asking, commits, until_so_many_commits, until_so_many_wait, with_a_product},
};

#[tokio::test]
async fn a_duplicate_fails_alone() {
    let (here, seen, pot) = with_a_product(10).await;
    seen.gate.add_permits(1);
    let known = here.new_order();
    here.confirm(known, &[(pot, 1)]).await.unwrap();
    let first = asking(&here, here.new_order(), pot, 1);
    until_so_many_commits(&seen, 2).await;
    let (before, after) = (here.new_order(), here.new_order());
    let others = [before, known, after].map(|order| asking(&here, order, pot, 1));
    until_so_many_wait(&here.inventory, 3).await;
    seen.gate.add_permits(5);
    first.await.unwrap().unwrap();
    let [one, duplicate, other] = others;
    one.await.unwrap().unwrap();
    let duplicate = duplicate.await.unwrap();
    assert!(
        matches!(duplicate, Err(UseCaseError::Conflict(_))),
        "{duplicate:?}"
    );
    other.await.unwrap().unwrap();
    assert_eq!(commits(&seen), [1, 1, 3, 1, 1, 1]);
    assert_eq!(here.numbers(pot).await, (10, 4));
    here.agrees().await;
}

#[tokio::test]
async fn when_the_caller_that_decides_is_dropped_another_decides() {
    let (here, seen, pot) = with_a_product(10).await;
    let orders = [here.new_order(), here.new_order(), here.new_order()];
    let [deciding, other, third] = orders.map(|order| asking(&here, order, pot, 1));
    until_so_many_commits(&seen, 1).await;
    deciding.abort();
    assert!(deciding.await.unwrap_err().is_cancelled());
    seen.gate.add_permits(9);
    other.await.unwrap().unwrap();
    third.await.unwrap().unwrap();
    assert_eq!(
        here.state_of(orders[0]).await,
        None,
        "no caller waited for it any more"
    );
    here.confirm(orders[0], &[(pot, 1)]).await.unwrap();
    assert_eq!(here.numbers(pot).await, (10, 3));
    here.agrees().await;
}

#[tokio::test]
async fn what_was_committed_before_the_caller_that_decides_was_dropped_is_a_duplicate_for_the_others() {
    let (here, seen, pot) = with_a_product(10).await;
    let first = asking(&here, here.new_order(), pot, 1);
    until_so_many_commits(&seen, 1).await;
    let orders = [here.new_order(), here.new_order()];
    let [deciding, other] = orders.map(|order| asking(&here, order, pot, 1));
    until_so_many_wait(&here.inventory, 2).await;
    seen.waits_after.store(true, Ordering::SeqCst);
    seen.gate.add_permits(1);
    first.await.unwrap().unwrap();
    until_so_many_commits(&seen, 2).await;
    deciding.abort();
    seen.gate.add_permits(9);
    let answer = other.await.unwrap();
    assert!(
        matches!(answer, Err(UseCaseError::Conflict(Conflict::OthersWereFaster))),
        "{answer:?}"
    );
    assert_eq!(here.numbers(pot).await, (10, 3), "it is done once");
    here.agrees().await;
}

#[tokio::test]
async fn a_request_whose_caller_gave_up_is_not_decided() {
    let (here, seen, pot) = with_a_product(10).await;
    let first = asking(&here, here.new_order(), pot, 1);
    until_so_many_commits(&seen, 1).await;
    let (gone, stays) = (here.new_order(), here.new_order());
    let [giving_up, staying] = [gone, stays].map(|order| asking(&here, order, pot, 1));
    until_so_many_wait(&here.inventory, 2).await;
    giving_up.abort();
    assert!(giving_up.await.unwrap_err().is_cancelled());
    seen.gate.add_permits(9);
    first.await.unwrap().unwrap();
    staying.await.unwrap().unwrap();
    assert_eq!(commits(&seen), [1, 1]);
    assert_eq!(here.state_of(gone).await, None);
}

#[tokio::test]
async fn when_the_store_is_away_all_requests_fail_at_once() {
    let (here, seen, pot) = with_a_product(10).await;
    let first = asking(&here, here.new_order(), pot, 1);
    until_so_many_commits(&seen, 1).await;
    let others = [(); 3].map(|()| asking(&here, here.new_order(), pot, 1));
    until_so_many_wait(&here.inventory, 3).await;
    seen.broken.store(2, Ordering::SeqCst);
    seen.gate.add_permits(9);
    for asked in others.into_iter().chain([first]) {
        let answer = asked.await.unwrap();
        assert!(
            matches!(answer, Err(UseCaseError::Unavailable(Unavailable::Dependency(_)))),
            "{answer:?}"
        );
    }
    assert_eq!(commits(&seen), [1, 3]);
}
