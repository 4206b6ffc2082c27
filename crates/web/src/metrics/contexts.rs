//! How each context keeps up: asked when the figures are, through the port that readiness is asked through.

use std::{sync::Arc, time::Duration};

use actix_web::rt::time::timeout;
use futures_util::future::join_all;
use message_bus::{Backlog, BatchSizes, Commits, ContextOperations};
use prometheus::proto::{Bucket, Gauge, Histogram, LabelPair, Metric, MetricFamily, MetricType};
use shared_kernel::Clock;

use super::seconds_between;

/// How long a context's database may take to answer. Without an answer the figures from it are missing, and no others.
const PATIENCE: Duration = Duration::from_secs(2);

/// What a context says of itself; no backlog when its database does not answer.
struct Figures {
    context: &'static str,
    commits: Commits,
    backlog: Option<Backlog>,
}

async fn figures(context: &dyn ContextOperations) -> Figures {
    Figures {
        context: context.context(),
        commits: context.commits(),
        backlog: timeout(PATIENCE, context.backlog())
            .await
            .ok()
            .and_then(Result::ok),
    }
}

/// The figures of all contexts.
pub(super) async fn families(
    contexts: &[Arc<dyn ContextOperations>],
    clock: &dyn Clock,
) -> Vec<MetricFamily> {
    let all = join_all(contexts.iter().map(|context| figures(&**context))).await;
    let now = clock.now();
    let lag = |backlog: &Backlog| {
        let since = backlog.oldest_unpublished_at;
        since.map_or(0.0, |since| seconds_between(since, now))
    };
    vec![
        family(
            "orderly_commit_batch_size",
            "Write sets that were committed in one transaction.",
            MetricType::HISTOGRAM,
            &all,
            |figures| Some(batch_sizes(&figures.commits.batches)),
        ),
        family(
            "orderly_commit_queue_depth",
            "Write sets, and upkeep, that wait for the next transaction.",
            MetricType::GAUGE,
            &all,
            |figures| Some(gauge(figures.commits.queued as f64)),
        ),
        family(
            "orderly_context_up",
            "Whether the context's database answered just now: 1 or 0.",
            MetricType::GAUGE,
            &all,
            |figures| Some(gauge(f64::from(u8::from(figures.backlog.is_some())))),
        ),
        family(
            "orderly_unpublished_events",
            "Events that some consumer neither has nor holds yet.",
            MetricType::GAUGE,
            &all,
            |figures| Some(gauge(figures.backlog.as_ref()?.unpublished as f64)),
        ),
        family(
            "orderly_relay_lag_seconds",
            "How long ago the first of the unpublished events happened; 0 when there is none.",
            MetricType::GAUGE,
            &all,
            |figures| figures.backlog.as_ref().map(|backlog| gauge(lag(backlog))),
        ),
        family(
            "orderly_unfinished_deliveries",
            "Deliveries to the context's consumers that are to be tried again, or wait behind one that is.",
            MetricType::GAUGE,
            &all,
            |figures| Some(gauge(figures.backlog.as_ref()?.unfinished as f64)),
        ),
    ]
}

fn family(
    name: &str,
    help: &str,
    kind: MetricType,
    all: &[Figures],
    metric: impl Fn(&Figures) -> Option<Metric>,
) -> MetricFamily {
    let labelled = |figures: &Figures| {
        let mut label = LabelPair::default();
        label.set_name("context".to_owned());
        label.set_value(figures.context.to_owned());
        let mut metric = metric(figures)?;
        metric.set_label(vec![label]);
        Some(metric)
    };
    let mut family = MetricFamily::default();
    family.set_name(name.to_owned());
    family.set_help(help.to_owned());
    family.set_field_type(kind);
    family.set_metric(all.iter().filter_map(labelled).collect());
    family
}

fn gauge(value: f64) -> Metric {
    let mut gauge = Gauge::default();
    gauge.set_value(value);
    Metric::from_gauge(gauge)
}

fn batch_sizes(sizes: &BatchSizes) -> Metric {
    let mut so_far = 0;
    let buckets = BatchSizes::BOUNDS.iter().zip(sizes.counts).map(|(bound, count)| {
        so_far += count;
        let mut bucket = Bucket::default();
        bucket.set_upper_bound(*bound as f64);
        bucket.set_cumulative_count(so_far);
        bucket
    });
    let mut histogram = Histogram::default();
    histogram.set_bucket(buckets.collect());
    histogram.set_sample_count(sizes.batches());
    histogram.set_sample_sum(sizes.write_sets as f64);
    let mut metric = Metric::default();
    metric.set_histogram(histogram);
    metric
}
