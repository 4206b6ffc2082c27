//! Deliveries: a consumer's position moves together with its effect, once, and never over a gap.

use message_bus::{CommandMeta, CommitError, Delivery};
use ordering_domain::Customer;
use shared_kernel::{CustomerId, Version};
use uuid::Uuid;

use crate::{engines::on_every_engine, stores::OrderingStore};

on_every_engine!(
    ordering:
    a_delivery_is_applied_once,
    a_delivery_over_a_gap_is_refused,
    versions_that_the_consumer_does_not_take_are_stepped_over,
    an_older_delivery_was_applied_before,
    of_one_delivery_made_twice_at_once_one_is_applied,
    a_delivery_whose_effect_is_refused_can_be_made_again,
    a_delivery_that_is_dropped_can_be_made_again,
    a_delivery_without_an_effect_moves_the_position_too,
    each_aggregate_has_a_position_of_its_own,
    each_consumer_has_a_position_of_its_own,
);

/// Commits a delivery whose effect is a new customer; returns who, if it was committed.
async fn deliver(store: &OrderingStore, meta: CommandMeta) -> Result<CustomerId, CommitError> {
    let id = CustomerId::new(store.seams.next_id());
    let result = deliver_to(store, meta, id).await;
    let effect = store.load_customer(id).await;
    assert_eq!(
        effect.is_some(),
        result.is_ok(),
        "position and effect go together: {result:?}"
    );
    result.map(|()| id)
}

async fn deliver_to(store: &OrderingStore, meta: CommandMeta, id: CustomerId) -> Result<(), CommitError> {
    let mut unit = store.begin(meta);
    unit.customers()
        .save(Customer::register(id, "ada@example.com".parse().unwrap()));
    unit.commit(None).await
}

fn something(store: &OrderingStore) -> Uuid {
    store.seams.next_id()
}

fn was_applied_before<T>(result: &Result<T, CommitError>) -> bool {
    matches!(result, Err(CommitError::AlreadyApplied))
}

async fn a_delivery_is_applied_once(store: OrderingStore) {
    let delivery = store.seams.reacting(something(&store), 1, 0);
    deliver(&store, delivery.clone()).await.unwrap();
    let again = deliver(&store, delivery).await;
    assert!(was_applied_before(&again), "{again:?}");
}

async fn a_delivery_over_a_gap_is_refused(store: OrderingStore) {
    let thing = something(&store);
    deliver(&store, store.seams.reacting(thing, 1, 0)).await.unwrap();
    let early = store.seams.reacting(thing, 3, 2);
    match deliver(&store, early.clone()).await {
        Err(CommitError::DeliveryGap { position, previous }) => {
            assert_eq!((position, previous), (Version::new(1), Version::new(2)));
        }
        unexpected => panic!("{unexpected:?}"),
    }
    deliver(&store, store.seams.reacting(thing, 2, 1)).await.unwrap();
    deliver(&store, early).await.unwrap();
}

async fn versions_that_the_consumer_does_not_take_are_stepped_over(store: OrderingStore) {
    let thing = something(&store);
    deliver(&store, store.seams.reacting(thing, 4, 0)).await.unwrap();
    deliver(&store, store.seams.reacting(thing, 9, 4)).await.unwrap();
}

async fn an_older_delivery_was_applied_before(store: OrderingStore) {
    let thing = something(&store);
    deliver(&store, store.seams.reacting(thing, 1, 0)).await.unwrap();
    deliver(&store, store.seams.reacting(thing, 2, 1)).await.unwrap();
    let old = deliver(&store, store.seams.reacting(thing, 1, 0)).await;
    assert!(was_applied_before(&old), "{old:?}");
    deliver(&store, store.seams.reacting(thing, 3, 2)).await.unwrap();
}

async fn of_one_delivery_made_twice_at_once_one_is_applied(store: OrderingStore) {
    let delivery = store.seams.reacting(something(&store), 1, 0);
    let (a, b) = tokio::join!(
        deliver(&store, delivery.clone()),
        deliver(&store, delivery.clone()),
    );
    assert!(a.is_ok() != b.is_ok(), "{a:?}, {b:?}");
    assert!(was_applied_before(&a) != was_applied_before(&b), "{a:?}, {b:?}");
}

async fn a_delivery_whose_effect_is_refused_can_be_made_again(store: OrderingStore) {
    let delivery = store.seams.reacting(something(&store), 1, 0);
    let taken = CustomerId::new(store.seams.next_id());
    deliver_to(&store, store.seams.meta(), taken).await.unwrap();
    let refused = deliver_to(&store, delivery.clone(), taken).await;
    assert!(refused.is_err() && !was_applied_before(&refused), "{refused:?}");
    deliver(&store, delivery).await.unwrap();
}

async fn a_delivery_that_is_dropped_can_be_made_again(store: OrderingStore) {
    let delivery = store.seams.reacting(something(&store), 1, 0);
    drop(store.begin(delivery.clone()));
    deliver(&store, delivery).await.unwrap();
}

async fn a_delivery_without_an_effect_moves_the_position_too(store: OrderingStore) {
    let thing = something(&store);
    let unit = store.begin(store.seams.reacting(thing, 1, 0));
    unit.commit(None).await.unwrap();
    let again = deliver(&store, store.seams.reacting(thing, 1, 0)).await;
    assert!(was_applied_before(&again), "{again:?}");
    deliver(&store, store.seams.reacting(thing, 2, 1)).await.unwrap();
}

async fn each_aggregate_has_a_position_of_its_own(store: OrderingStore) {
    for _ in 0..2 {
        deliver(&store, store.seams.reacting(something(&store), 1, 0))
            .await
            .unwrap();
    }
}

async fn each_consumer_has_a_position_of_its_own(store: OrderingStore) {
    let meta = store.seams.reacting(something(&store), 1, 0);
    for consumer in ["test.things", "test.others"] {
        let delivery = Delivery {
            consumer,
            ..meta.delivery.unwrap()
        };
        let meta = CommandMeta {
            delivery: Some(delivery),
            ..meta.clone()
        };
        deliver(&store, meta).await.unwrap();
    }
}
