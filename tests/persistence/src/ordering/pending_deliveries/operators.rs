//! What operators do about deliveries, and the answers.

use event_delivery::DeliveryState;
use operations::actions::{ActionKind, ActionOutcome};
use shared_kernel::Version;

use super::{CONSUMER, Pending, key};
use crate::{engines::on_every_database, installation::Installation};

on_every_database!(
    installation:
    a_paused_consumer_has_nothing_due_until_it_is_resumed,
    a_dead_letter_is_replayed_once,
    a_discarded_dead_letter_frees_what_waited,
    a_discard_never_moves_the_position_back,
    operators_are_told_what_is_held_and_since_when,
    what_an_operator_did_is_written_down_with_its_reason,
);

async fn a_paused_consumer_has_nothing_due_until_it_is_resumed(here: Installation) {
    let pending = Pending::new(&here).await;
    let delivery = pending.hold(1).await;
    let done = ActionOutcome::Done { followers: vec![] };
    assert_eq!(pending.act(ActionKind::Pause).await, done);
    assert_eq!(
        pending.act(ActionKind::Pause).await,
        ActionOutcome::WrongState("paused".to_owned())
    );
    assert!(pending.due().await.is_empty());
    assert!(
        here.ordering_database
            .progress(&delivery.delivery)
            .await
            .unwrap()
            .paused
    );
    assert_eq!(here.ordering_database.backlog().await.unwrap().unfinished, 0);
    let [consumer] = here
        .ordering_database
        .consumers()
        .await
        .unwrap()
        .try_into()
        .unwrap();
    let paused = consumer.paused.unwrap();
    assert_eq!(
        (paused.by.as_str(), paused.reason.as_str(), paused.at),
        ("operator", "because", pending.now())
    );
    assert_eq!(pending.act(ActionKind::Resume).await, done);
    assert_eq!(
        pending.act(ActionKind::Resume).await,
        ActionOutcome::WrongState("running".to_owned())
    );
    assert_eq!(pending.due_versions().await, [1]);
    assert_eq!(here.ordering_database.backlog().await.unwrap().unfinished, 1);
}

async fn a_dead_letter_is_replayed_once(here: Installation) {
    let pending = Pending::new(&here).await;
    let (head, follower) = (pending.kill(1).await, pending.hold(2).await);
    let ActionOutcome::Done { followers } = pending.replay(&head).await else {
        panic!("not replayed");
    };
    assert_eq!(followers.len(), 1);
    assert_eq!(followers[0].event_id, follower.delivery.event_id);
    assert_eq!(
        pending.replay(&head).await,
        ActionOutcome::WrongState("retrying".to_owned())
    );
    let [due] = pending.due().await.try_into().unwrap();
    assert_eq!(
        (due.attempts, due.attempts_before_replay, due.interruptions),
        (1, 1, 0)
    );
    pending.apply(&head).await;
    assert!(pending.begin(&due).await);
    pending.end(&head, 2, DeliveryState::Done).await;
    assert_eq!(
        pending.replay(&head).await,
        ActionOutcome::WrongState("done".to_owned())
    );
    assert_eq!(pending.due_versions().await, [2]);
    assert_eq!(
        pending.replay(&pending.delivery(9)).await,
        ActionOutcome::NotFound
    );
}

async fn a_discarded_dead_letter_frees_what_waited(here: Installation) {
    let pending = Pending::new(&here).await;
    let (head, follower) = (pending.kill(1).await, pending.hold(2).await);
    let event_id = head.delivery.event_id;
    let waiting = ActionKind::Discard {
        event_id: follower.delivery.event_id,
    };
    assert_eq!(
        pending.act(waiting).await,
        ActionOutcome::WrongState("waiting".to_owned())
    );
    let ActionOutcome::Done { followers } = pending.act(ActionKind::Discard { event_id }).await else {
        panic!("not discarded");
    };
    assert_eq!(followers[0].aggregate_version, 2);
    assert_eq!(pending.record(&head).await.summary.state, "discarded");
    assert_eq!(pending.due_versions().await, [2]);
    let progress = here.ordering_database.progress(&head.delivery).await.unwrap();
    assert_eq!(
        progress.position,
        Version::new(1),
        "what is discarded is never applied"
    );
}

async fn a_discard_never_moves_the_position_back(here: Installation) {
    let pending = Pending::new(&here).await;
    let (first, second) = (pending.kill(1).await, pending.kill(2).await);
    for letter in [&second, &first] {
        let event_id = letter.delivery.event_id;
        let discarded = pending.act(ActionKind::Discard { event_id }).await;
        assert!(
            matches!(discarded, ActionOutcome::Done { .. }),
            "found {discarded:?}"
        );
        let progress = here.ordering_database.progress(&letter.delivery).await.unwrap();
        assert_eq!(progress.position, Version::new(2));
    }
}

async fn operators_are_told_what_is_held_and_since_when(here: Installation) {
    let pending = Pending::new(&here).await;
    let head = pending.kill(1).await;
    let since = pending.now();
    here.ordering.seams.advance_seconds(5);
    pending.hold(2).await;
    let [consumer] = here
        .ordering_database
        .consumers()
        .await
        .unwrap()
        .try_into()
        .unwrap();
    assert_eq!(
        (consumer.consumer.as_str(), consumer.source.as_str()),
        (CONSUMER, "accounts")
    );
    assert_eq!(
        (consumer.dead.count, consumer.dead.oldest_held_at),
        (1, Some(since))
    );
    assert_eq!(
        (consumer.waiting.count, consumer.waiting.oldest_held_at),
        (1, Some(pending.now()))
    );
    assert_eq!(
        (consumer.retrying.count, consumer.retrying.oldest_held_at),
        (0, None)
    );

    let second = Pending::about_somebody_else(&here);
    second.kill(1).await;
    let letters = here.ordering_database.dead_letters(None, 10).await.unwrap();
    assert_eq!(letters.len(), 2);
    assert_eq!(letters[0].key, key(&head));
    let after = Some((letters[0].held_at, letters[0].key.clone()));
    let rest = here.ordering_database.dead_letters(after, 10).await.unwrap();
    assert_eq!(rest, letters[1..]);
    let record = pending.record(&head).await;
    assert_eq!(record.summary, letters[0]);
    assert_eq!(record.waiting_behind.len(), 1);
    assert_eq!(record.event, head.envelope);
}

async fn what_an_operator_did_is_written_down_with_its_reason(here: Installation) {
    let pending = Pending::new(&here).await;
    let head = pending.kill(1).await;
    pending.act(ActionKind::Pause).await;
    here.ordering.seams.advance_seconds(1);
    pending.act(ActionKind::Resume).await;
    here.ordering.seams.advance_seconds(1);
    pending.replay(&head).await;
    pending.replay(&head).await;
    let actions = here.ordering_database.actions(10).await.unwrap();
    let kinds: Vec<_> = actions.iter().map(|action| action.kind.name()).collect();
    assert_eq!(
        kinds,
        ["replay", "resume", "pause"],
        "what was not done is not written down"
    );
    assert_eq!(actions[0].kind.event_id(), Some(head.delivery.event_id));
    assert_eq!(
        (actions[0].by.as_str(), actions[0].reason.as_str()),
        ("operator", "because")
    );
    assert_eq!(here.ordering_database.actions(1).await.unwrap(), actions[..1]);
}
