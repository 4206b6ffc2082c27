//! One context's database once it is open, on either engine.

mod doctor_ports;
mod operator_ports;

use std::sync::Arc;

use futures_util::FutureExt;
use message_bus::Unavailable;
use operations::{Commits, invariants::Soundness};

use crate::{
    AggregateTable, ReadError,
    any_connection::{Answer, AnyConnection, AnyRow},
    statement::Statement,
};

/// One context's database, open for writing and reading. Clones share it.
pub struct Context<E> {
    pub(super) inner: Arc<E>,
}

impl<E> Clone for Context<E> {
    fn clone(&self) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
        }
    }
}

impl<E: Engine> Context<E> {
    /// What the rows say that a statement finds. It is the same statement for both engines.
    ///
    /// # Errors
    /// [`Unavailable`] when the database does not answer or a row cannot be read.
    pub async fn rows<Row: AnyRow, T: TryFrom<Row, Error = ReadError>>(
        &self,
        statement: Statement,
    ) -> Result<Vec<T>, Unavailable> {
        let rows: Vec<Row> = self
            .inner
            .ask(move |connection| async move { Ok(connection.load(statement).await?) }.boxed())
            .await?;
        Ok(rows.into_iter().map(T::try_from).collect::<Result<_, _>>()?)
    }
}

/// What the ports that are written once ask of an engine.
pub trait Engine: Send + Sync + 'static {
    /// Every table of the context whose rows have versions and events.
    const AGGREGATES: &'static [AggregateTable];

    /// The context's name.
    fn name(&self) -> &'static str;

    /// What was committed, and what waits for it.
    fn commits(&self) -> Commits;

    /// By how many seconds the clock has jumped ahead, or back when negative.
    fn clock_jump_seconds(&self) -> i64;

    /// Answers a question on a connection that only reads.
    fn ask<T, Q>(&self, question: Q) -> impl Future<Output = Result<T, Unavailable>> + Send
    where
        T: Send + 'static,
        Q: for<'a, 'c> FnOnce(&'a mut AnyConnection<'c>) -> Answer<'a, T> + Send + 'static;

    /// Does storage's own work in a transaction, which may be begun again. `Ok` means: on disk.
    fn change<T, W>(&self, work: W) -> impl Future<Output = Result<T, Unavailable>> + Send
    where
        T: Send + 'static,
        W: for<'a, 'c> Fn(&'a mut AnyConnection<'c>) -> Answer<'a, T> + Send + Sync + 'static;

    /// Whether the database's files are sound.
    fn sound_files(&self) -> impl Future<Output = Result<Soundness, Unavailable>> + Send;

    /// Changes nothing, but fails where nothing can be written.
    fn try_writing(&self) -> impl Future<Output = Result<(), Unavailable>> + Send;
}
