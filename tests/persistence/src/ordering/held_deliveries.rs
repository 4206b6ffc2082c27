//! Held deliveries: every attempt is counted when it begins, nothing overtakes, and operators decide about what is dead.

use message_bus::{
    Attempt, AttemptEnd, Delivery, DeliveryState, Envelope, HeldDelivery, NewEvent,
    operations::{
        actions::{ActionKind, ActionOutcome, OperatorAction},
        records::{DeliveryKey, DeliveryRecord},
    },
};
use shared_kernel::{EventId, Timestamp, UserId, Version, events::UserDeactivated};
use uuid::Uuid;

use crate::{engines::on_every_database, installation::Installation};

on_every_database!(
    installation:
    a_row_that_is_there_is_left_alone,
    an_attempt_counts_when_it_begins,
    an_attempt_begins_once,
    what_ended_after_another_attempt_began_decides_nothing,
    only_the_head_is_due_and_only_in_its_time,
    a_follower_is_due_when_its_predecessor_is_applied,
    what_waits_for_something_missing_is_a_gap,
    a_paused_consumer_has_nothing_due_until_it_is_resumed,
    a_dead_letter_is_replayed_once,
    a_discarded_dead_letter_frees_what_waited,
    a_discard_never_moves_the_position_back,
    operators_are_told_what_is_held_and_since_when,
    what_an_operator_did_is_written_down_with_its_reason,
);

const CONSUMER: &str = "test.users";

struct Held<'a> {
    here: &'a Installation,
    user: Uuid,
}

impl<'a> Held<'a> {
    async fn new(here: &'a Installation) -> Self {
        let operations = &here.ordering_database;
        here.ordering_database
            .record_beginning(CONSUMER, "accounts", 0)
            .await
            .unwrap();
        assert!(operations.dead_letters(None, 10).await.unwrap().is_empty());
        Self {
            here,
            user: here.ordering.seams.next_id(),
        }
    }

    fn now(&self) -> Timestamp {
        self.here.ordering.seams.clock().now()
    }

    fn delivery(&self, version: u32) -> HeldDelivery {
        let seams = &self.here.ordering.seams;
        let user_id = UserId::new(self.user);
        let version = Version::new(version);
        let event = NewEvent::delivered(&UserDeactivated { user_id }, self.user, version).unwrap();
        let event_id = EventId::new(seams.next_id());
        HeldDelivery {
            delivery: Delivery {
                consumer: CONSUMER,
                event_id,
                aggregate_id: self.user,
                version,
                previous_version: Version::new(version.number() - 1),
            },
            envelope: Envelope::new(event, event_id, "accounts", &seams.meta()),
            state: DeliveryState::Waiting,
            attempts: 0,
            attempts_before_replay: 0,
            interruptions: 0,
            held_at: self.now(),
            last_error: None,
        }
    }

    /// Holds the delivery of a version, waiting.
    async fn hold(&self, version: u32) -> HeldDelivery {
        let held = self.delivery(version);
        self.here.ordering_database.hold(&held, None).await.unwrap();
        held
    }

    async fn begin(&self, held: &HeldDelivery) -> bool {
        let (now, later) = (self.now(), self.now().plus_seconds(30));
        self.here
            .ordering_database
            .begin_attempt(held, now, later)
            .await
            .unwrap()
    }

    async fn end(&self, held: &HeldDelivery, number: u32, state: DeliveryState) {
        let end = AttemptEnd {
            at: self.now(),
            error: (state != DeliveryState::Done).then(|| format!("permanent: attempt {number}")),
            state,
        };
        self.here
            .ordering_database
            .end_attempt(&held.delivery, number, &end)
            .await
            .unwrap();
    }

    async fn kill(&self, version: u32) -> HeldDelivery {
        let held = self.hold(version).await;
        assert!(self.begin(&held).await);
        self.end(&held, 1, DeliveryState::Dead).await;
        held
    }

    async fn due(&self) -> Vec<HeldDelivery> {
        self.here.ordering_database.due(CONSUMER, 10).await.unwrap()
    }

    async fn due_versions(&self) -> Vec<u32> {
        let due = self.due().await;
        due.iter().map(|held| held.delivery.version.number()).collect()
    }

    /// Applies an event, as a handler's command does.
    async fn apply(&self, held: &HeldDelivery) {
        let mut meta = self.here.ordering.seams.meta();
        meta.delivery = Some(held.delivery);
        let unit = self.here.ordering.units.begin(meta);
        unit.commit(None).await.unwrap();
    }

    async fn record(&self, held: &HeldDelivery) -> DeliveryRecord {
        let found = self.here.ordering_database.delivery(&key(held)).await.unwrap();
        found.unwrap()
    }

    async fn act(&self, kind: ActionKind) -> ActionOutcome {
        let action = OperatorAction {
            id: self.here.ordering.seams.next_id(),
            at: self.now(),
            by: "operator".to_owned(),
            reason: "because".to_owned(),
            consumer: CONSUMER.to_owned(),
            kind,
        };
        self.here.ordering_database.act(&action).await.unwrap()
    }

    async fn replay(&self, held: &HeldDelivery) -> ActionOutcome {
        let event_id = held.delivery.event_id;
        self.act(ActionKind::Replay { event_id }).await
    }
}

fn key(held: &HeldDelivery) -> DeliveryKey {
    DeliveryKey {
        consumer: CONSUMER.to_owned(),
        event_id: held.delivery.event_id,
    }
}

async fn a_row_that_is_there_is_left_alone(here: Installation) {
    let held = Held::new(&here).await;
    let first = HeldDelivery {
        state: DeliveryState::Retrying {
            next_attempt_at: held.now(),
        },
        attempts: 1,
        last_error: Some("transient: down".to_owned()),
        ..held.delivery(1)
    };
    let attempt = Attempt {
        number: 1,
        began_at: held.now(),
        ended_at: Some(held.now()),
        error: first.last_error.clone(),
    };
    let store = &here.ordering_database;
    store.hold(&first, Some(&attempt)).await.unwrap();
    let again = HeldDelivery {
        state: DeliveryState::Waiting,
        attempts: 0,
        last_error: None,
        ..first.clone()
    };
    store.hold(&again, None).await.unwrap();
    assert_eq!(held.due().await, [first.clone()]);
    assert_eq!(held.record(&first).await.attempt_history, [attempt]);
}

async fn an_attempt_counts_when_it_begins(here: Installation) {
    let held = Held::new(&here).await;
    let delivery = held.hold(1).await;
    assert!(held.begin(&delivery).await);
    assert!(held.due().await.is_empty(), "while it lasts nobody else tries");
    here.ordering.seams.advance_seconds(31);
    let [interrupted] = held.due().await.try_into().unwrap();
    assert_eq!((interrupted.attempts, interrupted.interruptions), (1, 1));
    let [attempt] = held.record(&delivery).await.attempt_history.try_into().unwrap();
    assert_eq!((attempt.number, attempt.ended_at, attempt.error), (1, None, None));
    assert!(held.begin(&interrupted).await);
    held.end(&delivery, 2, DeliveryState::Dead).await;
    let record = held.record(&delivery).await;
    assert_eq!(
        (record.summary.state.as_str(), record.summary.attempts),
        ("dead", 2)
    );
    assert_eq!(record.summary.last_error.as_deref(), Some("permanent: attempt 2"));
    assert_eq!(record.attempt_history.len(), 2);
    assert_eq!(
        record.attempt_history[1].error.as_deref(),
        Some("permanent: attempt 2")
    );
}

async fn an_attempt_begins_once(here: Installation) {
    let held = Held::new(&here).await;
    let delivery = held.hold(1).await;
    assert!(held.begin(&delivery).await);
    assert!(
        !held.begin(&delivery).await,
        "the row has seen another attempt since"
    );
    held.end(&delivery, 1, DeliveryState::Done).await;
    let [done] = [held.record(&delivery).await];
    assert_eq!(done.summary.state, "done");
    assert!(done.summary.ended_at.is_some());
    let after = HeldDelivery {
        attempts: 1,
        ..delivery
    };
    assert!(!held.begin(&after).await, "what is done is not attempted");
}

async fn what_ended_after_another_attempt_began_decides_nothing(here: Installation) {
    let held = Held::new(&here).await;
    let delivery = held.hold(1).await;
    assert!(held.begin(&delivery).await);
    here.ordering.seams.advance_seconds(31);
    let [second] = held.due().await.try_into().unwrap();
    assert!(held.begin(&second).await);
    held.end(&delivery, 1, DeliveryState::Dead).await;
    let record = held.record(&delivery).await;
    assert_eq!(record.summary.state, "retrying");
    assert_eq!(
        record.attempt_history[0].error.as_deref(),
        Some("permanent: attempt 1")
    );
    assert_eq!(record.attempt_history[1].ended_at, None);
    let dead = DeliveryState::Dead;
    let store = &here.ordering_database;
    store
        .settle(&second, held.now(), dead, Some("too late"))
        .await
        .unwrap();
    assert_eq!(held.record(&delivery).await.summary.state, "retrying");
}

async fn only_the_head_is_due_and_only_in_its_time(here: Installation) {
    let held = Held::new(&here).await;
    let head = held.hold(1).await;
    held.hold(2).await;
    assert_eq!(held.due_versions().await, [1]);
    assert!(held.begin(&head).await);
    let next_attempt_at = held.now().plus_seconds(10);
    held.end(&head, 1, DeliveryState::Retrying { next_attempt_at })
        .await;
    assert!(held.due().await.is_empty());
    here.ordering.seams.advance_seconds(10);
    assert_eq!(held.due_versions().await, [1]);
    let [due] = held.due().await.try_into().unwrap();
    assert_eq!(due.interruptions, 0, "the attempt ended");
    assert!(held.begin(&due).await);
    held.end(&head, 2, DeliveryState::Dead).await;
    here.ordering.seams.advance_seconds(1_000);
    assert!(held.due().await.is_empty(), "nothing overtakes a dead letter");
    assert_eq!(here.ordering_database.backlog().await.unwrap().unfinished, 0);
}

async fn a_follower_is_due_when_its_predecessor_is_applied(here: Installation) {
    let held = Held::new(&here).await;
    let (head, follower) = (held.hold(1).await, held.hold(2).await);
    let standing = here.ordering_database.standing(&follower.delivery).await.unwrap();
    assert_eq!(standing.held_from, Some(Version::new(1)));
    held.apply(&head).await;
    let (now, done) = (held.now(), DeliveryState::Done);
    here.ordering_database
        .settle(&head, now, done, None)
        .await
        .unwrap();
    assert_eq!(held.due_versions().await, [2]);
    let standing = here.ordering_database.standing(&follower.delivery).await.unwrap();
    assert_eq!(standing.position, Version::new(1));
    assert_eq!(standing.held_from, Some(Version::new(2)));
}

async fn what_waits_for_something_missing_is_a_gap(here: Installation) {
    let held = Held::new(&here).await;
    let early = held.hold(3).await;
    let gaps = async |before| here.ordering_database.gaps(CONSUMER, before, 10).await.unwrap();
    assert!(held.due().await.is_empty());
    assert_eq!(gaps(held.now()).await, [early]);
    assert!(
        gaps(held.now().plus_seconds(-1)).await.is_empty(),
        "not held for so long"
    );
    for version in [1, 2] {
        held.apply(&held.delivery(version)).await;
    }
    assert!(gaps(held.now()).await.is_empty());
    assert_eq!(held.due_versions().await, [3]);
}

async fn a_paused_consumer_has_nothing_due_until_it_is_resumed(here: Installation) {
    let held = Held::new(&here).await;
    let delivery = held.hold(1).await;
    let done = ActionOutcome::Done { followers: vec![] };
    assert_eq!(held.act(ActionKind::Pause).await, done);
    assert_eq!(
        held.act(ActionKind::Pause).await,
        ActionOutcome::WrongState("paused".to_owned())
    );
    assert!(held.due().await.is_empty());
    assert!(
        here.ordering_database
            .standing(&delivery.delivery)
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
        ("operator", "because", held.now())
    );
    assert_eq!(held.act(ActionKind::Resume).await, done);
    assert_eq!(
        held.act(ActionKind::Resume).await,
        ActionOutcome::WrongState("running".to_owned())
    );
    assert_eq!(held.due_versions().await, [1]);
    assert_eq!(here.ordering_database.backlog().await.unwrap().unfinished, 1);
}

async fn a_dead_letter_is_replayed_once(here: Installation) {
    let held = Held::new(&here).await;
    let (head, follower) = (held.kill(1).await, held.hold(2).await);
    let ActionOutcome::Done { followers } = held.replay(&head).await else {
        panic!("not replayed");
    };
    assert_eq!(followers.len(), 1);
    assert_eq!(followers[0].event_id, follower.delivery.event_id);
    assert_eq!(
        held.replay(&head).await,
        ActionOutcome::WrongState("retrying".to_owned())
    );
    let [due] = held.due().await.try_into().unwrap();
    assert_eq!(
        (due.attempts, due.attempts_before_replay, due.interruptions),
        (1, 1, 0)
    );
    held.apply(&head).await;
    assert!(held.begin(&due).await);
    held.end(&head, 2, DeliveryState::Done).await;
    assert_eq!(
        held.replay(&head).await,
        ActionOutcome::WrongState("done".to_owned())
    );
    assert_eq!(held.due_versions().await, [2]);
    assert_eq!(held.replay(&held.delivery(9)).await, ActionOutcome::NotFound);
}

async fn a_discarded_dead_letter_frees_what_waited(here: Installation) {
    let held = Held::new(&here).await;
    let (head, follower) = (held.kill(1).await, held.hold(2).await);
    let event_id = head.delivery.event_id;
    let waiting = ActionKind::Discard {
        event_id: follower.delivery.event_id,
    };
    assert_eq!(
        held.act(waiting).await,
        ActionOutcome::WrongState("waiting".to_owned())
    );
    let ActionOutcome::Done { followers } = held.act(ActionKind::Discard { event_id }).await else {
        panic!("not discarded");
    };
    assert_eq!(followers[0].aggregate_version, 2);
    assert_eq!(held.record(&head).await.summary.state, "discarded");
    assert_eq!(held.due_versions().await, [2]);
    let standing = here.ordering_database.standing(&head.delivery).await.unwrap();
    assert_eq!(
        standing.position,
        Version::new(1),
        "what is discarded is never applied"
    );
}

async fn a_discard_never_moves_the_position_back(here: Installation) {
    let held = Held::new(&here).await;
    let (first, second) = (held.kill(1).await, held.kill(2).await);
    for letter in [&second, &first] {
        let event_id = letter.delivery.event_id;
        let discarded = held.act(ActionKind::Discard { event_id }).await;
        assert!(
            matches!(discarded, ActionOutcome::Done { .. }),
            "found {discarded:?}"
        );
        let standing = here.ordering_database.standing(&letter.delivery).await.unwrap();
        assert_eq!(standing.position, Version::new(2));
    }
}

async fn operators_are_told_what_is_held_and_since_when(here: Installation) {
    let held = Held::new(&here).await;
    let head = held.kill(1).await;
    let since = held.now();
    here.ordering.seams.advance_seconds(5);
    held.hold(2).await;
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
        (1, Some(held.now()))
    );
    assert_eq!(
        (consumer.retrying.count, consumer.retrying.oldest_held_at),
        (0, None)
    );

    let second = Held {
        here: &here,
        user: here.ordering.seams.next_id(),
    };
    second.kill(1).await;
    let letters = here.ordering_database.dead_letters(None, 10).await.unwrap();
    assert_eq!(letters.len(), 2);
    assert_eq!(letters[0].key, key(&head));
    let after = Some((letters[0].held_at, letters[0].key.clone()));
    let rest = here.ordering_database.dead_letters(after, 10).await.unwrap();
    assert_eq!(rest, letters[1..]);
    let record = held.record(&head).await;
    assert_eq!(record.summary, letters[0]);
    assert_eq!(record.waiting_behind.len(), 1);
    assert_eq!(record.event, head.envelope);
}

async fn what_an_operator_did_is_written_down_with_its_reason(here: Installation) {
    let held = Held::new(&here).await;
    let head = held.kill(1).await;
    held.act(ActionKind::Pause).await;
    here.ordering.seams.advance_seconds(1);
    held.act(ActionKind::Resume).await;
    here.ordering.seams.advance_seconds(1);
    held.replay(&head).await;
    held.replay(&head).await;
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
