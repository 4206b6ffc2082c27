//! What must hold after any fault, and the ports through which that is checked. [`doctor`] checks it.

pub mod doctor;

use async_trait::async_trait;
use message_bus::Unavailable;
use schema::HasSchema;
use serde::Serialize;
use shared_kernel::{Timestamp, Version};
use uuid::Uuid;

use self::doctor::Invariant;
use crate::{ContextOperations, ContextTraces};

/// How many findings of one kind are reported: more than that have one cause.
pub const MOST_FINDINGS: usize = 100;

/// Something that does not hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, HasSchema)]
pub struct Finding {
    /// What it is about, as in `order 0197b2c4-6d00-7000-8000-000000000001`.
    pub subject: String,
    /// What was found and what was expected.
    pub detail: String,
}

/// Whether a database's own files are as it left them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Soundness {
    /// They were checked, and this was found.
    Checked(Vec<Finding>),
    /// They could not be checked, and why.
    NotChecked(String),
}

/// The events of one aggregate that a consumer takes, as far as it began before them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// The aggregate.
    pub aggregate_id: Uuid,
    /// The last version that was logged.
    pub last: Version,
    /// The last version that was published; `NEVER_STORED` when none was.
    pub last_published: Version,
}

/// Where a consumer began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordedBeginning {
    /// The sequence after which it takes events of its source's log.
    pub begins_after: i64,
    /// When that was recorded.
    pub recorded_at: Timestamp,
}

/// Which events a consumer takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Of these types.
    pub event_types: Vec<String>,
    /// After this sequence.
    pub begins_after: i64,
}

/// An invariant that only one context, or a few, can check: that of stock, for example.
#[async_trait]
pub trait InvariantCheck: Send + Sync {
    /// What must hold.
    fn invariant(&self) -> Invariant;

    /// Where: a context, or several.
    fn at(&self) -> &'static str;

    /// The violations: at most [`MOST_FINDINGS`]. What spans contexts was checked twice.
    ///
    /// # Errors
    /// [`Unavailable`] when a database does not answer.
    async fn findings(&self) -> Result<Vec<Finding>, Unavailable>;
}

/// A context, as the doctor sees it.
#[async_trait]
pub trait ContextInvariants: ContextTraces + ContextOperations {
    /// Aggregates whose state and events do not agree: one event per version, up to the version of the state, as far as
    /// the log was not pruned.
    ///
    /// # Errors
    /// [`Unavailable`] when its database does not answer.
    async fn state_and_events(&self) -> Result<Vec<Finding>, Unavailable>;

    /// Deliveries that ended although their consumer's position is below them.
    ///
    /// # Errors
    /// [`Unavailable`] when its database does not answer.
    async fn ended_beyond_position(&self) -> Result<Vec<Finding>, Unavailable>;

    /// Whether its files are intact.
    ///
    /// # Errors
    /// [`Unavailable`] when its database does not answer.
    async fn sound_files(&self) -> Result<Soundness, Unavailable>;

    /// Where one of its consumers began in the log of its source; `None` when it never did.
    ///
    /// # Errors
    /// [`Unavailable`] when its database does not answer.
    async fn beginning_of(&self, consumer: &'static str) -> Result<Option<RecordedBeginning>, Unavailable>;

    /// Whether its log was numbered from 1 again since a consumer began. If so, every event in the log is newer than that.
    ///
    /// # Errors
    /// [`Unavailable`] when its database does not answer.
    async fn began_again_since(&self, beginning: RecordedBeginning) -> Result<bool, Unavailable>;

    /// What its log has for a consumer, aggregate by aggregate, from behind `after`: at most `limit`.
    ///
    /// # Errors
    /// [`Unavailable`] when its database does not answer.
    async fn told(&self, taken: &Taken, after: Option<Uuid>, limit: u32) -> Result<Vec<Told>, Unavailable>;

    /// The published versions of one aggregate, after `position`, whose events a consumer takes.
    ///
    /// # Errors
    /// [`Unavailable`] when its database does not answer.
    async fn published_after(
        &self,
        taken: &Taken,
        aggregate_id: Uuid,
        position: Version,
    ) -> Result<Vec<Version>, Unavailable>;

    /// The versions of an aggregate for which one of its consumers has an unfinished pending delivery.
    ///
    /// # Errors
    /// [`Unavailable`] when its database does not answer.
    async fn pending_versions(
        &self,
        consumer: &'static str,
        aggregate_id: Uuid,
    ) -> Result<Vec<Version>, Unavailable>;
}

/// What a context's log has of one aggregate for a consumer; nothing, when it has nothing.
///
/// # Errors
/// [`Unavailable`] when its database does not answer.
pub async fn told_of(
    context: &dyn ContextInvariants,
    taken: &Taken,
    aggregate_id: Uuid,
) -> Result<Option<Told>, Unavailable> {
    // The id right before this one.
    let after = Uuid::from_u128(aggregate_id.as_u128().saturating_sub(1));
    let next = context.told(taken, Some(after), 1).await?;
    Ok(next.into_iter().find(|told| told.aggregate_id == aggregate_id))
}
