//! Figures for Prometheus: requests and their durations, log-ins, and how far behind the contexts are.
//!
//! Requests count under their route's pattern, never under their path, and no label holds personal data or a
//! caller's text, so the number of series is bounded. Sums that are not here can be computed from these.

mod contexts;

use std::sync::atomic::Ordering;

use accounts_app::TokenGrant;
use actix_web::http::{Method, StatusCode};
use message_bus::{Unavailable, UseCaseError};
use prometheus::{
    HistogramOpts, HistogramVec, IntCounterVec, Opts, Registry, TEXT_FORMAT, TextEncoder,
    proto::{Counter, Metric, MetricFamily, MetricType},
};
use shared_kernel::Timestamp;

use crate::{
    WebState,
    answer::{Answer, Handled},
    endpoint::{Endpoint, GET, public},
    problem::Problem,
    request::Request,
};

/// The buckets of durations, in seconds: from what one read takes to more than a caller waits for.
const DURATION_BOUNDS: [f64; 12] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0,
];
/// The route of a request that no route answers.
pub(crate) const NO_ROUTE: &str = "none";
/// How a log-in can end.
const LOG_IN_OUTCOMES: [&str; 4] = ["granted", "refused", "throttled", "failed"];

/// Web's own figures since the process began. Clones share them.
#[derive(Clone)]
pub struct Metrics {
    requests: IntCounterVec,
    durations: HistogramVec,
    log_ins: IntCounterVec,
    registry: Registry,
}

impl Metrics {
    /// Figures that begin at zero.
    ///
    /// # Errors
    /// None is expected: Prometheus accepts every name in here.
    pub fn new() -> Result<Self, prometheus::Error> {
        let requests = Opts::new("orderly_http_requests_total", "Requests answered.");
        let durations = HistogramOpts::new(
            "orderly_http_request_duration_seconds",
            "From a request's head having come to its answer being ready to go.",
        )
        .buckets(DURATION_BOUNDS.into());
        let log_ins = Opts::new(
            "orderly_log_ins_total",
            "Log-ins with a password, by what they came to.",
        );
        let metrics = Self {
            requests: IntCounterVec::new(requests, &["method", "route", "status"])?,
            durations: HistogramVec::new(durations, &["method", "route"])?,
            log_ins: IntCounterVec::new(log_ins, &["outcome"])?,
            registry: Registry::new(),
        };
        metrics.registry.register(Box::new(metrics.requests.clone()))?;
        metrics.registry.register(Box::new(metrics.durations.clone()))?;
        metrics.registry.register(Box::new(metrics.log_ins.clone()))?;
        // From the start, so that the first of each shows as an increase.
        for outcome in LOG_IN_OUTCOMES {
            metrics.log_ins.get_metric_with_label_values(&[outcome])?;
        }
        Ok(metrics)
    }

    /// Counts a request to the route with this pattern, begun and answered at these times.
    pub(crate) fn answered(
        &self,
        method: &Method,
        route: &'static str,
        status: StatusCode,
        began: Timestamp,
        ended: Timestamp,
    ) {
        let method = method_label(method);
        // An error would mean that the labels are not the declared ones.
        if let Ok(requests) = self
            .requests
            .get_metric_with_label_values(&[method, route, status.as_str()])
        {
            requests.inc();
        }
        if let Ok(durations) = self.durations.get_metric_with_label_values(&[method, route]) {
            durations.observe(seconds_between(began, ended));
        }
    }

    /// Counts a log-in.
    pub(crate) fn logged_in(&self, result: &Result<TokenGrant, UseCaseError>) {
        let outcome = match result {
            Ok(TokenGrant::Granted(_)) => "granted",
            Ok(TokenGrant::InvalidGrant) => "refused",
            Err(UseCaseError::Unavailable(Unavailable::Throttled { .. })) => "throttled",
            Err(_) => "failed",
        };
        if let Ok(log_ins) = self.log_ins.get_metric_with_label_values(&[outcome]) {
            log_ins.inc();
        }
    }
}

pub(crate) fn get_metrics() -> Endpoint {
    public(GET, "/metrics", show)
        .named("getMetrics", "Figures for Prometheus")
        .saying("Requests, log-ins, commits, how far events are behind, and what consumers hold, in Prometheus's text format.")
        .by_the_process()
        .answering_page(TEXT_FORMAT, "The figures.")
}

async fn show(request: Request) -> Handled {
    let state = request.state();
    let mut families = state.metrics.registry.gather();
    families.extend(contexts::families(&state.operations.statuses().await));
    families.extend(spans_lost(state));
    // The encoder treats a family without a figure as an error.
    families.retain(|family| !family.get_metric().is_empty());
    let text = TextEncoder::new()
        .encode_to_string(&families)
        .map_err(|error| Problem::internal_error(error.to_string()))?;
    Ok(Answer::content(TEXT_FORMAT, text.as_bytes()))
}

/// Counted where spans are sent; absent where they are not.
fn spans_lost(state: &WebState) -> Option<MetricFamily> {
    let mut lost = Counter::default();
    lost.set_value(state.spans_lost.as_ref()?.load(Ordering::Relaxed) as f64);
    let mut metric = Metric::default();
    metric.set_counter(lost);
    let mut family = MetricFamily::default();
    family.set_name("orderly_spans_lost_total".to_owned());
    family.set_help("Spans that did not reach the collector.".to_owned());
    family.set_field_type(MetricType::COUNTER);
    family.set_metric(vec![metric]);
    Some(family)
}

/// Callers may invent methods; these are distinguished.
fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// Zero when the clock was set back meanwhile.
fn seconds_between(began: Timestamp, ended: Timestamp) -> f64 {
    let microseconds = ended.as_microseconds().saturating_sub(began.as_microseconds());
    microseconds.max(0) as f64 / 1e6
}
