//! Which requests are decided together, and when.

mod failing;
mod watched;

use message_bus::{Handles, ReactsTo};

use self::watched::{asking, commits, until_so_many_commits, until_so_many_wait, with_a_product};
use super::*;
use crate::{
    AdjustStock, Inventory,
    tests::warehouse::{Warehouse, confirmed},
};

/// Another process on the same store, whose commits do not wait at the gate.
fn rival(here: &Warehouse) -> Inventory {
    Inventory::new(here.store.clone(), Arc::clone(&here.ids) as Arc<dyn IdGenerator>)
}

#[tokio::test]
async fn requests_that_come_while_one_is_decided_are_decided_together() {
    let (here, seen, pot) = with_a_product(10).await;
    let first = asking(&here, here.new_order(), pot, 1);
    until_so_many_commits(&seen, 1).await;
    let orders: Vec<_> = (0..12).map(|_| here.new_order()).collect();
    let others: Vec<_> = orders.iter().map(|order| asking(&here, *order, pot, 1)).collect();
    until_so_many_wait(&here.inventory, 12).await;
    seen.gate.add_permits(2);
    first.await.unwrap().unwrap();
    for other in others {
        other.await.unwrap().unwrap();
    }
    assert_eq!(commits(&seen), [1, 12]);
    assert_eq!(here.numbers(pot).await, (10, 10));
    let mut states = Vec::new();
    for order in orders {
        states.push(here.state_of(order).await.unwrap());
    }
    let held = states.iter().filter(|state| **state == "held").count();
    assert_eq!(
        (held, states.len()),
        (9, 12),
        "each has an answer of its own: {states:?}"
    );
    here.agrees().await;
}

#[tokio::test]
async fn no_more_than_64_are_decided_together() {
    let (here, seen, pot) = with_a_product(1000).await;
    let first = asking(&here, here.new_order(), pot, 1);
    until_so_many_commits(&seen, 1).await;
    let others: Vec<_> = (0..100)
        .map(|_| asking(&here, here.new_order(), pot, 1))
        .collect();
    until_so_many_wait(&here.inventory, 100).await;
    seen.gate.add_permits(3);
    first.await.unwrap().unwrap();
    for other in others {
        other.await.unwrap().unwrap();
    }
    assert_eq!(commits(&seen), [1, 64, 36]);
}

#[tokio::test]
async fn an_adjustment_that_was_faster_is_taken_into_account() {
    let (here, seen, pot) = with_a_product(10).await;
    let order = here.new_order();
    let asked = asking(&here, order, pot, 8);
    until_so_many_commits(&seen, 1).await;
    let other = rival(&here);
    let adjust = AdjustStock {
        product_id: pot,
        delta: -5,
        reason: "broken".to_owned(),
        expected_on_hand: None,
    };
    other.send(adjust, here.meta()).await.unwrap();
    seen.gate.add_permits(2);
    asked.await.unwrap().unwrap();
    assert_eq!(here.state_of(order).await.unwrap(), "rejected");
    assert_eq!(here.numbers(pot).await, (5, 0));
}

#[tokio::test]
async fn the_queue_holds_so_many_and_no_more() {
    let (here, seen, pot) = with_a_product(10_000).await;
    let first = asking(&here, here.new_order(), pot, 1);
    until_so_many_commits(&seen, 1).await;
    let mut others: Vec<_> = (0..CAPACITY)
        .map(|_| asking(&here, here.new_order(), pot, 1))
        .collect();
    until_so_many_wait(&here.inventory, CAPACITY).await;
    let one_more = here.confirm(here.new_order(), &[(pot, 1)]).await;
    assert!(
        matches!(one_more, Err(UseCaseError::Unavailable(Unavailable::Busy { .. }))),
        "{one_more:?}"
    );
    let gone = others.pop().unwrap();
    gone.abort();
    assert!(gone.await.unwrap_err().is_cancelled());
    others.push(asking(&here, here.new_order(), pot, 1));
    seen.gate.add_permits(CAPACITY);
    first.await.unwrap().unwrap();
    for other in others {
        other.await.unwrap().unwrap();
    }
    assert_eq!(
        here.numbers(pot).await,
        (10_000, 1 + u32::try_from(CAPACITY).unwrap())
    );
}

#[tokio::test]
async fn two_requests_for_one_order_are_decided_one_after_the_other() {
    let (here, seen, pot) = with_a_product(10).await;
    let first = asking(&here, here.new_order(), pot, 1);
    until_so_many_commits(&seen, 1).await;
    let order = here.new_order();
    let reserving = asking(&here, order, pot, 1);
    until_so_many_wait(&here.inventory, 1).await;
    let releasing = {
        let here = Arc::clone(&here);
        tokio::spawn(async move { here.cancel(order).await })
    };
    until_so_many_wait(&here.inventory, 2).await;
    seen.gate.add_permits(3);
    for asked in [first, reserving, releasing] {
        asked.await.unwrap().unwrap();
    }
    assert_eq!(commits(&seen), [1, 1, 1]);
    assert_eq!(here.state_of(order).await.unwrap(), "released");
    assert_eq!(here.numbers(pot).await, (10, 1));
}

#[tokio::test]
async fn an_adjustment_that_lost_to_reservations_time_and_again_waits_for_a_turn() {
    let (here, seen, pot) = with_a_product(10).await;
    let adjusting = {
        let here = Arc::clone(&here);
        tokio::spawn(async move { here.adjust(pot, 5).await })
    };
    for attempt in 1..=4 {
        until_so_many_commits(&seen, attempt).await;
        let rival = rival(&here);
        let order = here.new_order();
        let event = confirmed(order, &[(pot, 1)]);
        rival.react(event, here.reacting(order, 2, 0)).await.unwrap();
        seen.gate.add_permits(1);
    }
    until_so_many_commits(&seen, 5).await;
    assert!(here.inventory.batcher.turn.try_lock().is_err(), "it has no turn");
    seen.gate.add_permits(1);
    assert_eq!(adjusting.await.unwrap().unwrap().stock.on_hand, 15);
    assert_eq!(here.numbers(pot).await, (15, 4));
}
