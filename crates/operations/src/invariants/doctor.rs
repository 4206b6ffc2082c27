//! Checks an installation, running or not, and changes nothing. What spans two contexts, which share no snapshot, is checked twice, and
//! reported only if it was found both times.

use std::{collections::HashMap, sync::Arc};

use message_bus::Unavailable;
use schema::HasSchema;
use serde::Serialize;
use shared_kernel::{Clock, Version};
use uuid::Uuid;

use super::{ContextInvariants, Finding, InvariantCheck, MOST_FINDINGS, Soundness, Taken, Told, told_of};
use crate::ConsumerDescription;

/// Aggregates that are checked together.
const PAGE: u32 = 1_000;
/// How long an event may stay unpublished before that is a finding, in seconds. The relay wakes at each commit, and looks each second.
const PUBLISHED_WITHIN_SECONDS: i64 = 60;

/// What must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, HasSchema)]
#[serde(rename_all = "snake_case")]
pub enum Invariant {
    /// One event per version of every aggregate, and the reverse.
    StateAndEvents,
    /// No event stays unpublished.
    Published,
    /// Each consumer has applied, or holds, every event that it takes; and none that was never told.
    Delivered,
    /// What ended has moved its consumer's position.
    InOrder,
    /// The files are sound.
    SoundFiles,
    /// The database's server is set up so that it keeps what is committed.
    SafeSettings,
    /// What is on hand is what the ledger sums up to, what is reserved is what is held, and no more is reserved than there is.
    Stock,
    /// A confirmed order is reserved exactly when its reservation is held.
    Agreement,
}

/// How one invariant was found to be in one place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, HasSchema)]
pub struct Examination {
    /// What must hold.
    pub invariant: Invariant,
    /// A context, or a consumer.
    #[schema(example = "ordering")]
    pub at: String,
    /// Why it was not checked, if it was not.
    pub not_checked: Option<String>,
    /// At most 100.
    pub findings: Vec<Finding>,
}

/// Checks contexts.
#[derive(Clone)]
pub struct Doctor {
    contexts: Vec<Arc<dyn ContextInvariants>>,
    subscriptions: Vec<ConsumerDescription>,
    checks: Vec<Arc<dyn InvariantCheck>>,
    clock: Arc<dyn Clock>,
}

impl Doctor {
    /// A doctor for these contexts, whose consumers take what `subscriptions` says.
    pub fn new(
        contexts: Vec<Arc<dyn ContextInvariants>>,
        subscriptions: Vec<ConsumerDescription>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            contexts,
            subscriptions,
            checks: Vec::new(),
            clock,
        }
    }

    /// The same, with one more check.
    #[must_use]
    pub fn with_check(mut self, check: Arc<dyn InvariantCheck>) -> Self {
        self.checks.push(check);
        self
    }

    /// Checks everything.
    ///
    /// # Errors
    /// [`Unavailable`] when a context does not answer.
    pub async fn examine(&self) -> Result<Vec<Examination>, Unavailable> {
        let mut examinations = Vec::new();
        for context in &self.contexts {
            let at = |invariant, findings| examination(invariant, context.context(), findings);
            let state_and_events = context.state_and_events().await?;
            examinations.push(at(Invariant::StateAndEvents, state_and_events));
            examinations.push(at(Invariant::Published, self.unpublished(&**context).await?));
            examinations.push(at(Invariant::InOrder, context.ended_beyond_position().await?));
            examinations.push(match context.sound_files().await? {
                Soundness::Checked(findings) => at(Invariant::SoundFiles, findings),
                Soundness::NotChecked(why) => Examination {
                    not_checked: Some(why),
                    ..at(Invariant::SoundFiles, Vec::new())
                },
            });
        }
        for subscription in &self.subscriptions {
            examinations.push(self.delivered(subscription).await?);
        }
        for check in &self.checks {
            examinations.push(examination(
                check.invariant(),
                check.at(),
                check.findings().await?,
            ));
        }
        Ok(examinations)
    }

    async fn unpublished(&self, context: &dyn ContextInvariants) -> Result<Vec<Finding>, Unavailable> {
        let backlog = context.backlog().await?;
        let Some(oldest) = backlog.oldest_unpublished_at else {
            return Ok(Vec::new());
        };
        let seconds = self.clock.now().milliseconds_since(oldest) / 1000;
        Ok(if seconds <= PUBLISHED_WITHIN_SECONDS {
            Vec::new()
        } else {
            vec![Finding {
                subject: format!("the events of {}", context.context()),
                detail: format!(
                    "found {} unpublished, the oldest for {seconds} s; expected none for more than {PUBLISHED_WITHIN_SECONDS} s: is a server running?",
                    backlog.unpublished
                ),
            }]
        })
    }

    async fn delivered(&self, subscription: &ConsumerDescription) -> Result<Examination, Unavailable> {
        let not_checked = |why: &str| Examination {
            not_checked: Some(why.to_owned()),
            ..examination(Invariant::Delivered, subscription.consumer, Vec::new())
        };
        let (Some(own), Some(source)) = (
            self.context(subscription.context),
            self.context(subscription.source),
        ) else {
            return Ok(not_checked("one of its contexts is not there"));
        };
        let Some(beginning) = own.beginning_of(subscription.consumer).await? else {
            return Ok(not_checked("it has never begun"));
        };
        let begins_after = beginning.begins_after;
        let taken = Taken {
            event_types: subscription
                .event_types
                .iter()
                .map(|&name| name.to_owned())
                .collect(),
            begins_after,
        };
        let pair = Pair {
            consumer: subscription.consumer,
            own,
            source,
            taken,
        };
        let mut findings = Vec::new();
        if begins_after > 0 && source.began_again_since(beginning).await? {
            findings.push(Finding {
                subject: subscription.consumer.to_owned(),
                detail: format!(
                    "found that it skips the log of {} up to sequence {begins_after}, and the log was numbered from 1 again since; the next start of a server publishes again what was skipped",
                    source.context()
                ),
            });
        }
        let mut after = None;
        loop {
            let page = source.told(&pair.taken, after, PAGE).await?;
            after = page.last().map(|told| told.aggregate_id);
            for told in pair.suspicious(&page).await? {
                if findings.len() < MOST_FINDINGS {
                    findings.extend(pair.look_twice(told).await?);
                }
            }
            if page.len() < PAGE as usize || findings.len() >= MOST_FINDINGS {
                return Ok(examination(Invariant::Delivered, subscription.consumer, findings));
            }
        }
    }

    fn context(&self, name: &str) -> Option<&dyn ContextInvariants> {
        let found = self.contexts.iter().find(|context| context.context() == name);
        found.map(|context| &**context)
    }
}

/// A consumer's context and the context whose events it takes.
struct Pair<'a> {
    consumer: &'static str,
    own: &'a dyn ContextInvariants,
    source: &'a dyn ContextInvariants,
    taken: Taken,
}

impl Pair<'_> {
    /// The aggregates that the consumer has not fully applied.
    async fn suspicious(&self, page: &[Told]) -> Result<Vec<Told>, Unavailable> {
        let aggregates: Vec<Uuid> = page.iter().map(|told| told.aggregate_id).collect();
        let positions: HashMap<Uuid, Version> = self
            .own
            .positions_of(&aggregates)
            .await?
            .into_iter()
            .filter(|reached| reached.consumer == self.consumer)
            .map(|reached| (reached.aggregate_id, reached.position))
            .collect();
        let stands_well = |told: &&Told| {
            let position = positions.get(&told.aggregate_id).copied().unwrap_or_default();
            told.last_published <= position && position <= told.last
        };
        Ok(page.iter().filter(|told| !stands_well(told)).copied().collect())
    }

    async fn look_twice(&self, told: Told) -> Result<Option<Finding>, Unavailable> {
        if self.look(told).await?.is_none() {
            return Ok(None);
        }
        self.look(told).await
    }

    async fn look(&self, told: Told) -> Result<Option<Finding>, Unavailable> {
        let id = told.aggregate_id;
        // The consumer's side is read last: what it has applied by then was logged before.
        let events = self
            .source
            .published_after(&self.taken, id, Version::NEVER_STORED)
            .await?;
        let pending = self.own.pending_versions(self.consumer, id).await?;
        let position = self.position(id).await?;
        let finding = |detail| {
            let subject = format!("{id} at {}", self.consumer);
            Some(Finding { subject, detail })
        };
        let missing = events
            .into_iter()
            .find(|version| *version > position && !pending.contains(version));
        if let Some(version) = missing {
            return Ok(finding(format!(
                "found version {version} published, neither applied nor held; the consumer stands at {position}"
            )));
        }
        // Read after the position: what was logged since only makes this smaller.
        let now = told_of(self.source, &self.taken, id).await?;
        Ok(match now.map(|now| now.last) {
            Some(last) if position > last => finding(format!(
                "found the consumer at version {position}, and the log of {} ends at {last}: was one of the two restored from a backup?",
                self.source.context()
            )),
            Some(_) | None => None,
        })
    }

    async fn position(&self, id: Uuid) -> Result<Version, Unavailable> {
        let reached = self.own.positions_of(&[id]).await?;
        let own = reached
            .into_iter()
            .find(|reached| reached.consumer == self.consumer);
        Ok(own.map(|reached| reached.position).unwrap_or_default())
    }
}

fn examination(invariant: Invariant, at: &str, findings: Vec<Finding>) -> Examination {
    Examination {
        invariant,
        at: at.to_owned(),
        not_checked: None,
        findings,
    }
}
