//! Logs go to standard error: lines for a person at a terminal, JSON for a machine that collects them.

mod json_lines;

use std::{
    io::{self, IsTerminal},
    sync::Arc,
};

use tracing::Subscriber;
use tracing_subscriber::{
    EnvFilter, Layer, Registry,
    layer::SubscriberExt,
    registry::LookupSpan,
    util::{SubscriberInitExt, TryInitError},
};

use self::json_lines::{JsonLines, SpanFields};
use crate::{
    failure::Failure,
    span_export::{SpanExport, SpanLayer},
};

/// Requests that are no HTTP are answered with a 400, and are no error of ours: without this any client could fill the
/// log with them. A filter of the user's own comes later and wins.
const NOT_OURS: &str = "actix_http::h1::dispatcher=off";

/// Starts logging what `filter` selects, and sends spans if there is a collector.
pub(crate) fn start(filter: &str, spans: Option<&Arc<SpanExport>>) -> Result<(), Failure> {
    let filter = EnvFilter::builder()
        .parse(format!("{NOT_OURS},{filter}"))
        .map_err(|error| Failure::usage(format!("ORDERLY_LOG (--log) is {filter:?}: {error}")))?;
    let started: Result<(), TryInitError> = match spans {
        None => tracing_subscriber::registry()
            .with(filter)
            .with(lines())
            .try_init(),
        Some(spans) => {
            let spans = SpanLayer::new(Arc::clone(spans)).with_filter(SpanLayer::filter());
            let lines = lines::<Registry>().with_filter(filter);
            tracing_subscriber::registry().with(lines).with(spans).try_init()
        }
    };
    started.map_err(Failure::unavailable)
}

fn lines<S>() -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr);
    if io::stderr().is_terminal() {
        lines.boxed()
    } else {
        lines
            .fmt_fields(SpanFields)
            .event_format(JsonLines::default())
            .boxed()
    }
}
