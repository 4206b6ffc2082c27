//! Counts the spans that wait and those that are lost, and logs a loss once, not for each span.

use std::{
    fmt::{Debug, Display},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
};

use opentelemetry_sdk::{
    Resource,
    error::OTelSdkResult,
    trace::{SpanData, SpanExporter},
};

/// The outcome of spans so far.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    waiting: AtomicUsize,
    lost: Arc<AtomicU64>,
    /// Whether the last outcome was a loss.
    losing: AtomicBool,
    /// Why the collector was not reached, when that is known.
    trouble: Mutex<Option<String>>,
}

impl Counts {
    pub(super) fn lost(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.lost)
    }

    /// A place in a queue of this length for a span; without one, it is lost.
    pub(super) fn take_a_place(&self, longest: usize) -> bool {
        if self.waiting.fetch_add(1, Ordering::Relaxed) < longest {
            return true;
        }
        self.waiting.fetch_sub(1, Ordering::Relaxed);
        self.lose(1, &"the queue is full");
        false
    }

    /// Keeps the reason why the collector was not reached, which the exporter does not return.
    pub(super) fn note(&self, trouble: &impl Display) {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = Some(trouble.to_string());
    }

    fn lose(&self, spans: u64, why: &dyn Display) {
        self.lost.fetch_add(spans, Ordering::Relaxed);
        if !self.losing.swap(true, Ordering::Relaxed) {
            tracing::warn!(%why, "spans do not reach the collector and are lost, until it is said that they do again");
        }
    }

    fn arrived(&self) {
        if self.losing.swap(false, Ordering::Relaxed) {
            let lost = self.lost.load(Ordering::Relaxed);
            tracing::info!(lost, "spans reach the collector again");
        }
    }

    /// Spans that still wait are lost.
    pub(super) fn report_at_the_end(&self) {
        let waiting = self.waiting.load(Ordering::Relaxed) as u64;
        let lost = self.lost.fetch_add(waiting, Ordering::Relaxed) + waiting;
        if lost > 0 {
            tracing::warn!(lost, "spans did not reach the collector");
        }
    }
}

/// An exporter whose batches are counted.
#[derive(Debug)]
pub(super) struct CountedExporter<E> {
    exporter: E,
    counts: Arc<Counts>,
}

impl<E> CountedExporter<E> {
    pub(super) const fn new(exporter: E, counts: Arc<Counts>) -> Self {
        Self { exporter, counts }
    }
}

impl<E: SpanExporter> SpanExporter for CountedExporter<E> {
    async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
        let spans = batch.len();
        let result = self.exporter.export(batch).await;
        self.counts.waiting.fetch_sub(spans, Ordering::Relaxed);
        let trouble = self
            .counts
            .trouble
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        match (&result, trouble) {
            (Ok(()), _) => self.counts.arrived(),
            (Err(_), Some(trouble)) => self.counts.lose(spans as u64, &trouble),
            (Err(error), None) => self.counts.lose(spans as u64, error),
        }
        result
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_finds_no_place_is_counted_as_lost_and_so_is_what_waits_at_the_end() {
        let counts = Counts::default();
        let lost = counts.lost();
        assert!(counts.take_a_place(2) && counts.take_a_place(2));
        assert!(!counts.take_a_place(2) && !counts.take_a_place(2));
        assert_eq!(lost.load(Ordering::Relaxed), 2);
        counts.report_at_the_end();
        assert_eq!(lost.load(Ordering::Relaxed), 4);
    }
}
