//! What an operator may ask of a context, whatever it is about.

use async_trait::async_trait;

use crate::Unavailable;

/// What a context still has to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Events that not every consumer has, or holds, yet.
    pub unpublished: u64,
    /// Deliveries that its consumers hold as retrying or waiting.
    pub unfinished: u64,
}

impl Backlog {
    /// Whether nothing is left to do.
    pub const fn is_empty(&self) -> bool {
        self.unpublished == 0 && self.unfinished == 0
    }
}

/// A context, as operators see it.
#[async_trait]
pub trait ContextOperations: Send + Sync {
    /// Its name.
    fn context(&self) -> &'static str;

    /// What is left to do.
    ///
    /// # Errors
    /// [`Unavailable`] when its database does not answer.
    async fn backlog(&self) -> Result<Backlog, Unavailable>;

    /// Whether it can serve: its database answers and writes are being taken.
    ///
    /// # Errors
    /// [`Unavailable`], with the reason.
    async fn readiness(&self) -> Result<(), Unavailable>;
}
