//! All contexts at once, as operators see them: their backlogs, their dead letters, and the actions about them.
//!
//! The caller need not know which context a delivery or consumer belongs to: each context is asked, and the one
//! that has it answers.

use std::{sync::Arc, time::Duration};

use futures_util::future::{join_all, try_join_all};
use message_bus::{NotFound, Unavailable, UseCaseError};
use shared_kernel::{Clock, Timestamp};
use tokio::time::timeout;

use super::{
    ContextOperations,
    actions::OperatorAction,
    records::{DeliveryKey, DeliveryRecord, DeliverySummary},
    status::{ContextStatus, WorkLeft},
};
/// How long a context's database may take to give its status. A slower one does not delay the others' answers.
const PATIENCE: Duration = Duration::from_secs(2);

pub(super) const NO_SUCH_DEAD_LETTER: NotFound = NotFound { what: "dead_letter" };

/// All contexts, as operators see them.
pub struct Operations {
    contexts: Vec<Arc<dyn ContextOperations>>,
    clock: Arc<dyn Clock>,
}

/// A dead letter's position among those of all contexts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeadLetterPosition {
    /// When it was first held.
    pub held_at: Timestamp,
    /// Its name.
    pub key: DeliveryKey,
}

/// Part of the list of dead letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetters {
    /// They, the longest held first.
    pub data: Vec<DeliverySummary>,
    /// The place behind which the next part begins, if there is one.
    pub next: Option<DeadLetterPosition>,
}

impl Operations {
    /// All these contexts.
    pub fn new(mut contexts: Vec<Arc<dyn ContextOperations>>, clock: Arc<dyn Clock>) -> Self {
        contexts.sort_by_key(|context| context.context());
        Self { contexts, clock }
    }

    /// The contexts, by name.
    pub fn contexts(&self) -> &[Arc<dyn ContextOperations>] {
        &self.contexts
    }

    /// The status of each context, by name.
    pub async fn statuses(&self) -> Vec<ContextStatus> {
        join_all(self.contexts.iter().map(|context| self.status(&**context))).await
    }

    async fn status(&self, context: &dyn ContextOperations) -> ContextStatus {
        let asked = async { tokio::try_join!(context.backlog(), context.consumers()) };
        let work = match timeout(PATIENCE, asked).await {
            Ok(Ok((backlog, consumers))) => Some(WorkLeft::at(self.clock.now(), backlog, consumers)),
            Ok(Err(error)) => {
                tracing::warn!(context = context.context(), %error, "a context does not say how it stands");
                None
            }
            Err(_) => {
                tracing::warn!(
                    context = context.context(),
                    "a context does not say in time how it stands"
                );
                None
            }
        };
        ContextStatus {
            context: context.context(),
            work,
            commits: context.commits(),
            clock_jump_seconds: context.clock_jump_seconds(),
        }
    }

    /// The dead letters of all consumers, the longest held first: at most `limit`, from behind `after`.
    ///
    /// # Errors
    /// [`UseCaseError::Unavailable`] when a context's database does not answer: a list without its dead letters would say that
    /// there are none.
    pub async fn dead_letters(
        &self,
        after: Option<DeadLetterPosition>,
        limit: u32,
    ) -> Result<DeadLetters, UseCaseError> {
        let limit_of_each = limit.saturating_add(1);
        let after = after.map(|position| (position.held_at, position.key));
        let asked = self
            .contexts
            .iter()
            .map(|context| context.dead_letters(after.clone(), limit_of_each));
        let mut data: Vec<DeliverySummary> = try_join_all(asked).await?.into_iter().flatten().collect();
        data.sort_by_cached_key(DeadLetterPosition::of);
        let shown = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = data.len() > shown;
        data.truncate(shown);
        let next = data.last().filter(|_| more).map(DeadLetterPosition::of);
        Ok(DeadLetters { data, next })
    }

    /// All that is stored about one pending delivery, whatever its state.
    ///
    /// # Errors
    /// [`UseCaseError::NotFound`] when no consumer ever had it.
    pub async fn delivery(&self, key: &DeliveryKey) -> Result<DeliveryRecord, UseCaseError> {
        self.whoever_has(&key.consumer, |context| context.delivery(key))
            .await?
            .ok_or_else(|| NO_SUCH_DEAD_LETTER.into())
    }

    /// What operators did, the latest first: at most `limit`.
    ///
    /// # Errors
    /// [`UseCaseError::Unavailable`] when a context's database does not answer.
    pub async fn actions(&self, limit: u32) -> Result<Vec<OperatorAction>, UseCaseError> {
        let asked = self.contexts.iter().map(|context| context.actions(limit));
        let mut actions: Vec<OperatorAction> = try_join_all(asked).await?.into_iter().flatten().collect();
        actions.sort_by_key(|action| std::cmp::Reverse((action.at, action.id)));
        actions.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(actions)
    }

    /// The answer of the one context that has it, and `None` when none has it, which is only known when all of them answered.
    pub(super) async fn whoever_has<'a, T, F>(
        &'a self,
        consumer: &str,
        ask: impl Fn(&'a dyn ContextOperations) -> F,
    ) -> Result<Option<T>, Unavailable>
    where
        F: Future<Output = Result<Option<T>, Unavailable>>,
    {
        if !may_be_a_name(consumer) {
            return Ok(None);
        }
        let mut unavailable = None;
        for answer in join_all(self.contexts.iter().map(|context| ask(&**context))).await {
            match answer {
                Ok(None) => {}
                Ok(Some(found)) => return Ok(Some(found)),
                Err(error) => unavailable = Some(error),
            }
        }
        unavailable.map_or(Ok(None), Err)
    }
}

impl DeadLetterPosition {
    fn of(letter: &DeliverySummary) -> Self {
        Self {
            held_at: letter.held_at,
            key: letter.key.clone(),
        }
    }
}

/// Whether a consumer can have this name. Any other text cannot be one, and no database is asked for it.
fn may_be_a_name(text: &str) -> bool {
    (1..=100).contains(&text.len())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

#[cfg(test)]
mod tests;
