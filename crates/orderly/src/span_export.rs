//! Spans on their way to a collector: OTLP over HTTP, in batches, from a thread of its own.
//!
//! No request ever waits for the collector. Spans that find no place in the queue, or do not arrive, are lost and counted.

mod blocking_client;
mod counted_exporter;
mod span_layer;

use std::{
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use message_bus::Sampling;
use opentelemetry::KeyValue;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{
    Resource,
    resource::EnvResourceDetector,
    trace::{BatchConfigBuilder, BatchSpanProcessor, SpanData, SpanProcessor},
};

use self::{blocking_client::BlockingClient, counted_exporter::CountedExporter};
pub(crate) use self::{counted_exporter::Counts, span_layer::SpanLayer};
use crate::{failure::Failure, settings::SpanSettings};

/// Spans that may wait, some of them on the wire: half a second's worth of a busy server.
const LONGEST_QUEUE: usize = 4096;
/// Spans sent at a time.
const BATCH: usize = 512;
/// How long spans wait for others to be sent with.
const LINGER: Duration = Duration::from_secs(1);
/// How long the collector may take for a batch, tries again included.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the end of the process waits for the last spans.
const LAST_PATIENCE: Duration = Duration::from_secs(2);

/// The receiver of spans that have ended.
#[derive(Debug)]
pub(crate) struct SpanExport {
    processor: BatchSpanProcessor,
    counts: Arc<Counts>,
    sampling: Sampling,
}

impl SpanExport {
    /// Starts the thread. An unreachable collector is no error.
    pub(crate) fn start(settings: &SpanSettings) -> Result<Self, Failure> {
        let counts = Arc::new(Counts::default());
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(BlockingClient::new(PATIENCE, Arc::clone(&counts)))
            .with_endpoint(settings.endpoint.for_spans())
            .with_protocol(Protocol::HttpBinary)
            .with_timeout(PATIENCE)
            .build()
            .map_err(Failure::usage)?;
        let exporter = CountedExporter::new(exporter, Arc::clone(&counts));
        let batches = BatchConfigBuilder::default()
            .with_max_queue_size(LONGEST_QUEUE)
            .with_max_export_batch_size(BATCH)
            .with_scheduled_delay(LINGER)
            .build();
        let mut processor = BatchSpanProcessor::builder(exporter)
            .with_batch_config(batches)
            .build();
        processor.set_resource(&resource(settings.service_name.clone()));
        Ok(Self {
            processor,
            counts,
            sampling: settings.sampling,
        })
    }

    /// Which of the traces that begin here are sent.
    pub(crate) const fn sampling(&self) -> Sampling {
        self.sampling
    }

    /// How many spans were lost so far.
    pub(crate) fn lost(&self) -> Arc<AtomicU64> {
        self.counts.lost()
    }

    /// Sends what waits, for as long as it may take.
    pub(crate) fn finish(&self) {
        // An error means that there was no time; spans that did not arrive are counted either way.
        let _ = self.processor.shutdown_with_timeout(LAST_PATIENCE);
        self.counts.report_at_the_end();
    }

    fn put(&self, span: SpanData) {
        if self.counts.take_a_place(LONGEST_QUEUE) {
            self.processor.on_end(span);
        }
    }
}

/// The service's name: from `OTEL_SERVICE_NAME`, or `OTEL_RESOURCE_ATTRIBUTES`, or else our own.
fn resource(service_name: Option<String>) -> Resource {
    let resource = Resource::builder_empty()
        .with_service_name("orderly")
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .with_detector(Box::new(EnvResourceDetector::new()));
    match service_name {
        Some(name) => resource.with_service_name(name),
        None => resource,
    }
    .build()
}
