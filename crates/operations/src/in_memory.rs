//! A context's operations in memory, for tests: pending deliveries that change only by what operators do.

mod dead_letters;

pub use dead_letters::{ERROR, a_dead_letter};

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use message_bus::Unavailable;
use shared_kernel::Timestamp;

use super::{
    Backlog, Commits, ContextOperations,
    actions::{ActionKind, ActionOutcome, OperatorAction},
    records::{
        ConsumerBacklog, DeliveryKey, DeliveryRecord, DeliverySummary, Follower, Paused, PendingCount,
    },
};
/// A context whose answers each test sets.
pub struct InMemoryOperations {
    context: &'static str,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    away: Option<&'static str>,
    commits: Commits,
    clock_jump_seconds: i64,
    backlog: Backlog,
    consumers: Vec<ConsumerBacklog>,
    pending: Vec<DeliveryRecord>,
    actions: Vec<OperatorAction>,
}

impl InMemoryOperations {
    /// A context without consumers, with nothing left to do.
    pub fn new(context: &'static str) -> Self {
        Self {
            context,
            state: Mutex::default(),
        }
    }

    /// The same, with a consumer of the events of `source`.
    #[must_use]
    pub fn with_consumer(self, name: &str, source: &str) -> Self {
        let pending = PendingCount::default();
        self.state().consumers.push(ConsumerBacklog {
            consumer: name.to_owned(),
            source: source.to_owned(),
            paused: None,
            waiting: pending,
            retrying: pending,
            dead: pending,
        });
        self
    }

    /// The same, with a pending delivery.
    #[must_use]
    pub fn holding(self, record: DeliveryRecord) -> Self {
        self.state().pending.push(record);
        self
    }

    /// From now on, what this process committed, and what is unpublished.
    pub fn stands_at(&self, commits: Commits, backlog: Backlog) {
        let mut state = self.state();
        state.commits = commits;
        state.backlog = backlog;
    }

    /// From now on, by how many seconds its clock has jumped.
    pub fn has_a_clock_that_jumped(&self, seconds: i64) {
        self.state().clock_jump_seconds = seconds;
    }

    /// From now on its database does not answer, for this reason.
    pub fn goes_away(&self, reason: &'static str) {
        self.state().away = Some(reason);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answering(&self) -> Result<MutexGuard<'_, State>, Unavailable> {
        let state = self.state();
        match state.away {
            None => Ok(state),
            Some(reason) => Err(Unavailable::dependency(reason)),
        }
    }
}

#[async_trait]
impl ContextOperations for InMemoryOperations {
    fn context(&self) -> &'static str {
        self.context
    }

    fn commits(&self) -> Commits {
        self.state().commits
    }

    fn clock_jump_seconds(&self) -> i64 {
        self.state().clock_jump_seconds
    }

    async fn backlog(&self) -> Result<Backlog, Unavailable> {
        Ok(self.answering()?.backlog)
    }

    async fn readiness(&self) -> Result<Option<Timestamp>, Unavailable> {
        self.answering().map(|state| state.backlog.oldest_unpublished_at)
    }

    async fn consumers(&self) -> Result<Vec<ConsumerBacklog>, Unavailable> {
        let state = self.answering()?;
        let mut consumers = state.consumers.clone();
        for consumer in &mut consumers {
            let pending = |name| state.pending_of(&consumer.consumer, name);
            (consumer.waiting, consumer.retrying, consumer.dead) =
                (pending("waiting"), pending("retrying"), pending("dead"));
        }
        Ok(consumers)
    }

    async fn dead_letters(
        &self,
        after: Option<(Timestamp, DeliveryKey)>,
        limit: u32,
    ) -> Result<Vec<DeliverySummary>, Unavailable> {
        let state = self.answering()?;
        let place = |letter: &DeliverySummary| (letter.held_at, letter.key.clone());
        let mut dead: Vec<DeliverySummary> = state
            .pending
            .iter()
            .map(|record| record.summary.clone())
            .collect();
        dead.retain(|letter| {
            letter.state == "dead" && after.as_ref().is_none_or(|after| place(letter) > *after)
        });
        dead.sort_by_cached_key(place);
        dead.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(dead)
    }

    async fn delivery(&self, key: &DeliveryKey) -> Result<Option<DeliveryRecord>, Unavailable> {
        let state = self.answering()?;
        Ok(state
            .pending
            .iter()
            .find(|record| record.summary.key == *key)
            .cloned())
    }

    async fn act(&self, action: &OperatorAction) -> Result<ActionOutcome, Unavailable> {
        let mut state = self.answering()?;
        let outcome = match action.kind {
            ActionKind::Replay { .. } => state.mark_outcome(action, "retrying"),
            ActionKind::Discard { .. } => state.mark_outcome(action, "discarded"),
            ActionKind::Pause | ActionKind::Resume => state.pause_or_resume(action),
        };
        if matches!(outcome, ActionOutcome::Done { .. }) {
            state.actions.push(action.clone());
        }
        Ok(outcome)
    }

    async fn actions(&self, limit: u32) -> Result<Vec<OperatorAction>, Unavailable> {
        let state = self.answering()?;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        Ok(state.actions.iter().rev().take(limit).cloned().collect())
    }
}

impl State {
    fn pending_of(&self, consumer: &str, name: &str) -> PendingCount {
        let pending = self.pending.iter().map(|record| &record.summary);
        let pending = pending.filter(|summary| summary.key.consumer == consumer && summary.state == name);
        PendingCount {
            count: pending.clone().count() as u64,
            oldest_held_at: pending.map(|summary| summary.held_at).min(),
        }
    }

    fn mark_outcome(&mut self, action: &OperatorAction, state: &str) -> ActionOutcome {
        let found = self.pending.iter_mut().find(|record| {
            record.summary.key.consumer == action.consumer
                && Some(record.summary.key.event_id) == action.kind.event_id()
        });
        let Some(record) = found else {
            return ActionOutcome::NotFound;
        };
        if record.summary.state != "dead" {
            return ActionOutcome::WrongState(record.summary.state.clone());
        }
        state.clone_into(&mut record.summary.state);
        let followers: Vec<Follower> = std::mem::take(&mut record.waiting_behind);
        ActionOutcome::Done { followers }
    }

    fn pause_or_resume(&mut self, action: &OperatorAction) -> ActionOutcome {
        let mut consumers = self.consumers.iter_mut();
        let Some(consumer) = consumers.find(|consumer| consumer.consumer == action.consumer) else {
            return ActionOutcome::NotFound;
        };
        let pausing = matches!(action.kind, ActionKind::Pause);
        match (&consumer.paused, pausing) {
            (Some(_), true) => return ActionOutcome::WrongState("paused".to_owned()),
            (None, false) => return ActionOutcome::WrongState("running".to_owned()),
            (None, true) | (Some(_), false) => {}
        }
        consumer.paused = pausing.then(|| Paused {
            at: action.at,
            by: action.by.clone(),
            reason: action.reason.clone(),
        });
        ActionOutcome::Done {
            followers: Vec::new(),
        }
    }
}
