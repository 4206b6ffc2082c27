//! What operators may do, and the refusals of what they may not.

use std::sync::Arc;

use message_bus::Actor;
use shared_kernel::{
    Clock, EventId, Fact, Role, UserId,
    in_memory::{CountingIds, ManualClock},
};
use uuid::Uuid;

use super::*;
use crate::in_memory::{InMemoryOperations, a_dead_letter};

const EVENT: EventId = EventId::new(Uuid::from_u128(1));

fn replay() -> ActionKind {
    ActionKind::Replay { event_id: EVENT }
}

fn discard() -> ActionKind {
    ActionKind::Discard { event_id: EVENT }
}

/// A shop whose only consumer has a dead letter.
fn operations() -> Operations {
    let clock = ManualClock::default();
    let ordering = InMemoryOperations::new("ordering")
        .with_consumer("ordering.users", "accounts")
        .holding(a_dead_letter("ordering.users", 1, clock.now()));
    let accounts = InMemoryOperations::new("accounts");
    Operations::new(vec![Arc::new(accounts), Arc::new(ordering)], Arc::new(clock))
}

fn admin() -> Actor {
    Actor::User {
        id: UserId::new(Uuid::from_u128(7)),
        role: Role::Admin,
    }
}

async fn act(operations: &Operations, kind: ActionKind, reason: Option<&str>) -> Result<Acted, UseCaseError> {
    act_on(operations, "ordering.users", kind, reason).await
}

async fn act_on(
    operations: &Operations,
    consumer: &str,
    kind: ActionKind,
    reason: Option<&str>,
) -> Result<Acted, UseCaseError> {
    let command = OperatorCommand {
        consumer: consumer.to_owned(),
        kind,
        reason: reason.map(str::to_owned),
    };
    let meta = CommandMeta::new(admin(), ManualClock::default().now(), &CountingIds::default());
    operations.send(command, meta).await
}

#[track_caller]
fn refusal(result: Result<Acted, UseCaseError>) -> Refusal {
    match result {
        Err(UseCaseError::Refused(refusal)) => refusal,
        other => panic!("found {other:?}, expected a refusal"),
    }
}

#[tokio::test]
async fn what_was_done_is_written_down_with_who_and_why() {
    let operations = operations();
    let acted = act(&operations, discard(), Some("  the user is gone "))
        .await
        .unwrap();
    assert_eq!(acted.freed.len(), 1);
    assert_eq!(acted.action.by, admin().to_string());
    assert_eq!(acted.action.reason, "the user is gone");
    assert_eq!(operations.actions(10).await.unwrap(), [acted.action]);
    assert!(operations.dead_letters(None, 10).await.unwrap().data.is_empty());
}

#[tokio::test]
async fn a_delivery_that_is_not_dead_is_neither_replayed_nor_discarded() {
    let operations = operations();
    act(&operations, replay(), None).await.unwrap();
    for kind in [replay(), discard()] {
        let refusal = refusal(act(&operations, kind, Some("again")).await);
        assert_eq!(
            (refusal.kind, refusal.code),
            (RefusalKind::State, "delivery_not_dead")
        );
        assert_eq!(refusal.facts.0, [("state", Fact::from("retrying"))]);
    }
    assert_eq!(
        operations.actions(10).await.unwrap().len(),
        1,
        "a refusal was written down"
    );
}

#[tokio::test]
async fn a_consumer_is_paused_once_and_resumed_once() {
    let operations = operations();
    let code = |result| refusal(result).code;
    let running = act(&operations, ActionKind::Resume, None).await;
    assert_eq!(code(running), "consumer_not_paused");
    act(&operations, ActionKind::Pause, Some("mail is down"))
        .await
        .unwrap();
    let paused = act(&operations, ActionKind::Pause, Some("mail is down")).await;
    assert_eq!(code(paused), "consumer_already_paused");
    act(&operations, ActionKind::Resume, None).await.unwrap();
    assert_eq!(operations.actions(10).await.unwrap().len(), 2);
}

#[tokio::test]
async fn a_discard_and_a_pause_need_a_reason_and_the_others_do_not() {
    for kind in [discard(), ActionKind::Pause] {
        for none in [None, Some(" ")] {
            let refusal = refusal(act(&operations(), kind, none).await);
            assert_eq!(
                (refusal.kind, refusal.code),
                (RefusalKind::Value, "reason_missing")
            );
        }
    }
    let too_long = "x".repeat(501);
    for kind in [replay(), discard(), ActionKind::Pause, ActionKind::Resume] {
        let too_long = refusal(act(&operations(), kind, Some(&too_long)).await);
        assert_eq!(too_long.code, "reason_too_long", "{kind:?}");
        let unprintable = refusal(act(&operations(), kind, Some("a\nb")).await);
        assert_eq!(unprintable.code, "reason_not_printable", "{kind:?}");
    }
    assert_eq!(
        act(&operations(), replay(), None).await.unwrap().action.reason,
        ""
    );
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let operations = operations();
    for (kind, expected) in [
        (replay(), "dead_letter"),
        (discard(), "dead_letter"),
        (ActionKind::Pause, "consumer"),
        (ActionKind::Resume, "consumer"),
    ] {
        for consumer in ["ordering.orders", "no name", "a\0b"] {
            let result = act_on(&operations, consumer, kind, Some("why not")).await;
            match result {
                Err(UseCaseError::NotFound(NotFound { what })) => assert_eq!(what, expected),
                other => panic!("found {other:?}, expected no {expected}"),
            }
        }
    }
}
