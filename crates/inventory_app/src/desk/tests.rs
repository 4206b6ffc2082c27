//! Who is served with whom, and what becomes of the others when something goes wrong.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use async_trait::async_trait;
use message_bus::{CommandLog, Conflict, ReactsTo, Recorded, Replay, ReplayRecord};
use tokio::{sync::Semaphore, task::JoinHandle};

use super::*;
use crate::{
    Inventory, InventoryUnitOfWork, ReservationRepository, StockRepository,
    in_memory::InMemoryInventory,
    tests::warehouse::{Warehouse, confirmed},
};

/// Units of work that say how many commands each commit answers, and that commit when they are let.
#[derive(Clone)]
struct Watched {
    store: InMemoryInventory,
    seen: Arc<Seen>,
}

struct Seen {
    /// The commands of each attempt to commit, oldest first.
    commits: Mutex<Vec<usize>>,
    /// How many attempts may go on.
    gate: Semaphore,
    /// Whether they wait after the commit instead of before it.
    waits_after: AtomicBool,
    /// How many attempts fail because the store does not answer.
    broken: AtomicUsize,
}

struct WatchedUnit {
    inner: Box<dyn InventoryUnitOfWork>,
    commands: usize,
    seen: Arc<Seen>,
}

impl Seen {
    async fn wait(&self) {
        self.gate.acquire().await.unwrap().forget();
    }
}

#[async_trait]
impl CommandLog for Watched {
    async fn recorded(&self, replay: &Replay) -> Result<Recorded, Unavailable> {
        self.store.recorded(replay).await
    }
}

impl InventoryUnits for Watched {
    fn begin(&self, meta: CommandMeta) -> Box<dyn InventoryUnitOfWork> {
        Box::new(WatchedUnit {
            inner: self.store.begin(meta),
            commands: 1,
            seen: Arc::clone(&self.seen),
        })
    }
}

#[async_trait]
impl InventoryUnitOfWork for WatchedUnit {
    fn stock(&mut self) -> &mut dyn StockRepository {
        self.inner.stock()
    }

    fn reservations(&mut self) -> &mut dyn ReservationRepository {
        self.inner.reservations()
    }

    fn next_command(&mut self, meta: CommandMeta) {
        self.commands += 1;
        self.inner.next_command(meta);
    }

    async fn commit(self: Box<Self>, replay: Option<ReplayRecord>) -> Result<(), CommitError> {
        self.seen.commits.lock().unwrap().push(self.commands);
        let waits_after = self.seen.waits_after.load(Ordering::SeqCst);
        if !waits_after {
            self.seen.wait().await;
        }
        let broken = self.seen.broken.load(Ordering::SeqCst);
        if broken > 0 {
            self.seen.broken.store(broken - 1, Ordering::SeqCst);
            return Err(Unavailable::dependency("the store is away").into());
        }
        let committed = self.inner.commit(replay).await;
        if waits_after {
            self.seen.wait().await;
        }
        committed
    }
}

/// A warehouse whose commits are watched; the gate is open to so many.
fn watched(open_to: usize) -> (Arc<Warehouse>, Arc<Seen>) {
    let seen = Arc::new(Seen {
        commits: Mutex::default(),
        gate: Semaphore::new(open_to),
        waits_after: AtomicBool::new(false),
        broken: AtomicUsize::new(0),
    });
    let units = Arc::clone(&seen);
    let here = Warehouse::with_units(|store| Arc::new(Watched { store, seen: units }));
    (Arc::new(here), seen)
}

/// A warehouse with a product, whose gate has closed behind it.
async fn with_a_product(on_hand: u32) -> (Arc<Warehouse>, Arc<Seen>, ProductId) {
    let (here, seen) = watched(2);
    let product = here.product(on_hand).await;
    seen.commits.lock().unwrap().clear();
    (here, seen, product)
}

type Asking = JoinHandle<Result<(), UseCaseError>>;

/// Confirms an order of so many units, on a task of its own.
fn asking(here: &Arc<Warehouse>, order_id: OrderId, product: ProductId, units: i64) -> Asking {
    let here = Arc::clone(here);
    tokio::spawn(async move { here.confirm(order_id, &[(product, units)]).await })
}

async fn until(reached: impl Fn() -> bool) {
    while !reached() {
        tokio::task::yield_now().await;
    }
}

async fn until_so_many_wait(inventory: &Inventory, count: usize) {
    until(|| inventory.desk.waiting().len() == count).await;
}

async fn until_so_many_commits(seen: &Seen, count: usize) {
    until(|| seen.commits.lock().unwrap().len() == count).await;
}

fn commits(seen: &Seen) -> Vec<usize> {
    seen.commits.lock().unwrap().clone()
}

#[tokio::test]
async fn whoever_comes_while_one_is_served_is_served_together_with_the_others() {
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
async fn no_more_than_64_are_served_together() {
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
async fn an_adjustment_that_was_faster_is_taken_into_account() {
    let (here, seen, pot) = with_a_product(10).await;
    let order = here.new_order();
    let asked = asking(&here, order, pot, 8);
    until_so_many_commits(&seen, 1).await;
    // Straight to the store, past the gate.
    let other = Inventory::new(
        Arc::new(here.store.clone()),
        Arc::new(here.store.clone()),
        Arc::new(here.store.clone()),
        Arc::clone(&here.ids) as Arc<dyn IdGenerator>,
    );
    let adjust = crate::AdjustStock {
        product_id: pot,
        delta: -5,
        reason: "broken".to_owned(),
        expected_on_hand: None,
    };
    message_bus::Handles::handle(&other, adjust, here.meta())
        .await
        .unwrap();
    seen.gate.add_permits(2);
    asked.await.unwrap().unwrap();
    assert_eq!(here.state_of(order).await.unwrap(), "rejected");
    assert_eq!(here.numbers(pot).await, (5, 0));
}

#[tokio::test]
async fn when_the_one_who_serves_is_dropped_another_serves_in_their_stead() {
    let (here, seen, pot) = with_a_product(10).await;
    let orders = [here.new_order(), here.new_order(), here.new_order()];
    let [serving, other, third] = orders.map(|order| asking(&here, order, pot, 1));
    until_so_many_commits(&seen, 1).await;
    serving.abort();
    assert!(serving.await.unwrap_err().is_cancelled());
    seen.gate.add_permits(9);
    other.await.unwrap().unwrap();
    third.await.unwrap().unwrap();
    assert_eq!(
        here.state_of(orders[0]).await,
        None,
        "nobody waited for it any more"
    );
    here.confirm(orders[0], &[(pot, 1)]).await.unwrap();
    assert_eq!(here.numbers(pot).await, (10, 3));
    here.agrees().await;
}

#[tokio::test]
async fn what_was_committed_before_the_one_who_serves_was_dropped_is_a_duplicate_for_the_others() {
    let (here, seen, pot) = with_a_product(10).await;
    let first = asking(&here, here.new_order(), pot, 1);
    until_so_many_commits(&seen, 1).await;
    let orders = [here.new_order(), here.new_order()];
    let [serving, other] = orders.map(|order| asking(&here, order, pot, 1));
    until_so_many_wait(&here.inventory, 2).await;
    seen.waits_after.store(true, Ordering::SeqCst);
    seen.gate.add_permits(1);
    first.await.unwrap().unwrap();
    until_so_many_commits(&seen, 2).await;
    serving.abort();
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
async fn whoever_gave_up_waiting_is_not_served() {
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
async fn when_the_store_is_away_everybody_is_told_so_at_once() {
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

#[tokio::test]
async fn the_room_holds_so_many_and_no_more() {
    let (here, seen, pot) = with_a_product(10_000).await;
    let first = asking(&here, here.new_order(), pot, 1);
    until_so_many_commits(&seen, 1).await;
    let mut others: Vec<_> = (0..ROOM)
        .map(|_| asking(&here, here.new_order(), pot, 1))
        .collect();
    until_so_many_wait(&here.inventory, ROOM).await;
    let one_more = here.confirm(here.new_order(), &[(pot, 1)]).await;
    assert!(
        matches!(one_more, Err(UseCaseError::Unavailable(Unavailable::Busy { .. }))),
        "{one_more:?}"
    );
    let gone = others.pop().unwrap();
    gone.abort();
    assert!(gone.await.unwrap_err().is_cancelled());
    others.push(asking(&here, here.new_order(), pot, 1));
    seen.gate.add_permits(ROOM);
    first.await.unwrap().unwrap();
    for other in others {
        other.await.unwrap().unwrap();
    }
    assert_eq!(
        here.numbers(pot).await,
        (10_000, 1 + u32::try_from(ROOM).unwrap())
    );
}

#[tokio::test]
async fn two_wishes_for_one_order_are_fulfilled_one_after_the_other() {
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
async fn an_adjustment_that_others_kept_outrunning_has_its_turn() {
    let (here, seen, pot) = with_a_product(10).await;
    // What the gate lets through last of each attempt is a rival's reservation, straight in the store.
    let adjusting = {
        let here = Arc::clone(&here);
        tokio::spawn(async move { here.adjust(pot, 5).await })
    };
    for attempt in 1..=4 {
        until_so_many_commits(&seen, attempt).await;
        let rival = Inventory::new(
            Arc::new(here.store.clone()),
            Arc::new(here.store.clone()),
            Arc::new(here.store.clone()),
            Arc::clone(&here.ids) as Arc<dyn IdGenerator>,
        );
        let order = here.new_order();
        let event = confirmed(order, &[(pot, 1)]);
        rival.react(event, here.reacting(order, 2, 0)).await.unwrap();
        seen.gate.add_permits(1);
    }
    until_so_many_commits(&seen, 5).await;
    assert!(
        here.inventory.desk.turn.try_lock().is_err(),
        "it does not hold the desk"
    );
    seen.gate.add_permits(1);
    assert_eq!(adjusting.await.unwrap().unwrap().stock.on_hand, 15);
    assert_eq!(here.numbers(pot).await, (15, 4));
}
