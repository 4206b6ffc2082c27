//! Logs go to standard error: lines for a person at a terminal, JSON for a machine that collects them.

use std::io::{self, IsTerminal};

use tracing_subscriber::EnvFilter;

use crate::failure::Failure;

/// What clients send that is no HTTP is answered with a 400, and is no error of ours: without this anybody could fill the
/// log with them. Whoever wants to see them says so in their own filter, which comes later and wins.
const NOT_OURS: &str = "actix_http::h1::dispatcher=off";

/// Starts logging what `filter` lets through.
pub(crate) fn start(filter: &str) -> Result<(), Failure> {
    let filter = EnvFilter::builder()
        .parse(format!("{NOT_OURS},{filter}"))
        .map_err(|error| Failure::usage(format!("ORDERLY_LOG (--log) is {filter:?}: {error}")))?;
    let subscriber = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr);
    let started = if io::stderr().is_terminal() {
        subscriber.try_init()
    } else {
        subscriber.json().flatten_event(true).try_init()
    };
    started.map_err(Failure::unavailable)
}
