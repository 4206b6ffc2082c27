//! Several contexts, seen as one.

use std::sync::Arc;

use shared_kernel::{EventId, in_memory::ManualClock};
use uuid::Uuid;

use super::*;
use crate::{
    Backlog, Commits,
    age::Age,
    in_memory::{InMemoryOperations, a_dead_letter},
};

fn now() -> Timestamp {
    ManualClock::default().now()
}

fn operations(contexts: Vec<InMemoryOperations>) -> Operations {
    let contexts = contexts
        .into_iter()
        .map(|context| Arc::new(context) as Arc<dyn ContextOperations>);
    Operations::new(contexts.collect(), Arc::new(ManualClock::default()))
}

fn context(name: &'static str, dead_letters: &[(&str, u128, i64)]) -> InMemoryOperations {
    let mut context = InMemoryOperations::new(name);
    for (consumer, number, seconds_ago) in dead_letters {
        let held_at = now().plus_seconds(-seconds_ago);
        context = context.holding(a_dead_letter(consumer, *number, held_at));
    }
    context
}

#[tokio::test]
async fn dead_letters_of_all_contexts_are_paged_as_one_list_the_longest_held_first() {
    let operations = operations(vec![
        context(
            "inventory",
            &[("inventory.orders", 3, 10), ("inventory.orders", 1, 50)],
        ),
        context(
            "notifications",
            &[("notifications.orders", 2, 50), ("notifications.orders", 4, 10)],
        ),
        context("ordering", &[("ordering.users", 5, 30)]),
    ]);
    let mut seen = Vec::new();
    let mut after = None;
    loop {
        let page = operations.dead_letters(after, 2).await.unwrap();
        assert!(page.data.len() <= 2);
        seen.extend(page.data.iter().map(|letter| letter.key.to_string()));
        match page.next {
            None => break,
            Some(next) => after = Some(next),
        }
    }
    let id = |number: u128| EventId::new(Uuid::from_u128(number));
    let expected = [
        ("inventory.orders", 1),
        ("notifications.orders", 2),
        ("ordering.users", 5),
        ("inventory.orders", 3),
        ("notifications.orders", 4),
    ];
    assert_eq!(
        seen,
        expected.map(|(consumer, number)| format!("{consumer}:{}", id(number)))
    );
}

#[tokio::test]
async fn a_page_that_holds_all_that_is_left_is_the_last() {
    let operations = operations(vec![context(
        "ordering",
        &[("ordering.users", 1, 2), ("ordering.users", 2, 1)],
    )]);
    assert_eq!(operations.dead_letters(None, 2).await.unwrap().next, None);
    assert!(operations.dead_letters(None, 1).await.unwrap().next.is_some());
}

#[tokio::test]
async fn a_list_without_a_context_that_does_not_answer_is_none() {
    let away = context("inventory", &[]);
    away.goes_away("gone");
    let operations = operations(vec![away, context("ordering", &[("ordering.users", 1, 1)])]);
    let list = operations.dead_letters(None, 10).await;
    assert!(matches!(list, Err(UseCaseError::Unavailable(_))), "{list:?}");
    let actions = operations.actions(10).await;
    assert!(
        matches!(actions, Err(UseCaseError::Unavailable(_))),
        "{actions:?}"
    );
}

#[tokio::test]
async fn a_delivery_is_found_in_whichever_context_has_it_even_while_another_does_not_answer() {
    let away = context("inventory", &[]);
    away.goes_away("gone");
    let operations = operations(vec![away, context("ordering", &[("ordering.users", 1, 1)])]);
    let key = |consumer: &str, number| DeliveryKey {
        consumer: consumer.to_owned(),
        event_id: EventId::new(Uuid::from_u128(number)),
    };
    let found = operations.delivery(&key("ordering.users", 1)).await.unwrap();
    assert_eq!(found.summary.key, key("ordering.users", 1));
    let unknown = operations.delivery(&key("ordering.users", 2)).await;
    assert!(
        matches!(unknown, Err(UseCaseError::Unavailable(_))),
        "{unknown:?}"
    );
    for no_name in ["", "ordering\0", "ordering users", "Ü", &"x".repeat(101)] {
        let none = operations.delivery(&key(no_name, 1)).await;
        assert!(
            matches!(none, Err(UseCaseError::NotFound(_))),
            "{no_name:?}: {none:?}"
        );
    }
}

#[tokio::test]
async fn contexts_and_consumers_are_told_by_name_with_ages_in_seconds() {
    let ordering = InMemoryOperations::new("ordering")
        .with_consumer("ordering.users", "accounts")
        .with_consumer("ordering.products", "catalog")
        .holding(a_dead_letter("ordering.users", 1, now().plus_seconds(-90)))
        .holding(a_dead_letter("ordering.users", 2, now().plus_seconds(-30)));
    let backlog = Backlog {
        unpublished: 3,
        oldest_unpublished_at: Some(now().plus_milliseconds(-7_999)),
        unfinished: 2,
    };
    ordering.stands_at(Commits::default(), backlog);
    let away = context("accounts", &[]);
    away.goes_away("gone");
    let statuses = operations(vec![ordering, away]).statuses().await;
    let [accounts, ordering] = statuses.as_slice() else {
        panic!("found {statuses:?}, expected two contexts")
    };
    assert_eq!((accounts.context, accounts.work.as_ref()), ("accounts", None));
    let work = ordering.work.as_ref().unwrap();
    let seconds = |age: Option<Age>| age.map(Age::seconds);
    assert_eq!(
        (work.unpublished, seconds(work.oldest_unpublished_seconds)),
        (3, Some(7.999))
    );
    let consumers: Vec<&str> = work
        .consumers
        .iter()
        .map(|consumer| &*consumer.consumer)
        .collect();
    assert_eq!(consumers, ["ordering.products", "ordering.users"]);
    let [(_, waiting), _, (_, dead)] = work.consumers[1].states();
    assert_eq!((waiting.count, waiting.oldest_seconds), (0, None));
    assert_eq!((dead.count, seconds(dead.oldest_seconds)), (2, Some(90.0)));
}
