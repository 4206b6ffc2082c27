//! Logs go to standard error: lines for a person at a terminal, JSON for a machine that collects them.

mod json_lines;

use std::{
    io::{self, IsTerminal},
    sync::Arc,
};

use tracing::{Subscriber, level_filters::LevelFilter};
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
    if let Some(unknown) = unknown_level(filter) {
        return Err(Failure::usage(format!(
            "ORDERLY_LOG (--log) is {filter:?}: found {unknown:?}, expected off, error, warn, info, debug or trace, alone or as in \
             info,storage=debug"
        )));
    }
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

/// The first part of a filter whose level is none. `EnvFilter` takes a misspelt level for the name of a module, and logs nothing else.
fn unknown_level(filter: &str) -> Option<&str> {
    let levels = filter
        .split(',')
        .map(|part| part.rsplit_once('=').map_or(part, |(_, level)| level));
    let mut levels = levels.map(str::trim);
    levels.find(|level| level.is_empty() || level.parse::<LevelFilter>().is_err())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_that_is_none_is_found_alone_and_for_a_module() {
        for (filter, unknown) in [
            ("info", None),
            ("INFO, storage=debug", None),
            ("off", None),
            ("inof", Some("inof")),
            ("info,storage=loud", Some("loud")),
            ("storage", Some("storage")),
            ("", Some("")),
        ] {
            assert_eq!(unknown_level(filter), unknown, "{filter:?}");
        }
    }
}
