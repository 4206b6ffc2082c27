//! How far behind each context and each consumer is: read when the figures are. If a context's database does not answer,
//! only its figures are missing.

use operations::{
    BatchSizes,
    age::Age,
    status::{ConsumerStatus, ContextStatus, PendingStatus},
};
use prometheus::proto::{Bucket, Gauge, Histogram, LabelPair, Metric, MetricFamily, MetricType};

/// The figures of all contexts.
pub(super) fn families(all: &[ContextStatus]) -> Vec<MetricFamily> {
    vec![
        of_contexts(
            "orderly_commit_batch_size",
            "Write sets that were committed in one transaction.",
            MetricType::HISTOGRAM,
            all,
            |context| Some(batch_sizes(&context.commits.batches)),
        ),
        of_contexts(
            "orderly_commit_queue_depth",
            "Write sets, and upkeep, that wait for the next transaction.",
            MetricType::GAUGE,
            all,
            |context| Some(gauge(context.commits.queued as f64)),
        ),
        of_contexts(
            "orderly_clock_jump_seconds",
            "How far the clock has jumped ahead of the time that was lived through, below 0 when it was set back; 0 when it has not jumped.",
            MetricType::GAUGE,
            all,
            |context| Some(gauge(context.clock_jump_seconds as f64)),
        ),
        of_contexts(
            "orderly_context_up",
            "Whether the context's database answered just now: 1 or 0.",
            MetricType::GAUGE,
            all,
            |context| Some(gauge(f64::from(u8::from(context.work.is_some())))),
        ),
        of_contexts(
            "orderly_unpublished_events",
            "Events that some consumer neither has nor holds yet.",
            MetricType::GAUGE,
            all,
            |context| Some(gauge(context.work.as_ref()?.unpublished as f64)),
        ),
        of_contexts(
            "orderly_relay_lag_seconds",
            "How long ago the first of the unpublished events happened; 0 when there is none.",
            MetricType::GAUGE,
            all,
            |context| {
                Some(gauge(
                    context
                        .work
                        .as_ref()?
                        .oldest_unpublished_seconds
                        .map_or(0.0, Age::seconds),
                ))
            },
        ),
        of_contexts(
            "orderly_unfinished_deliveries",
            "Deliveries to the context's consumers that go on by themselves: to be tried again, or waiting behind one that is.",
            MetricType::GAUGE,
            all,
            |context| Some(gauge(context.work.as_ref()?.unfinished as f64)),
        ),
        of_pending(
            "orderly_held_deliveries",
            "Deliveries that the consumer holds in this state: retrying, waiting or dead.",
            all,
            |pending| pending.count as f64,
        ),
        of_pending(
            "orderly_oldest_held_delivery_seconds",
            "For how long the consumer holds the oldest of them; 0 when it holds none.",
            all,
            |pending| pending.oldest_seconds.map_or(0.0, Age::seconds),
        ),
        of_consumers(
            "orderly_consumer_paused",
            "Whether an operator paused the consumer: 1 or 0.",
            all,
            |labels, consumer| {
                vec![labelled(
                    labels,
                    gauge(f64::from(u8::from(consumer.paused.is_some()))),
                )]
            },
        ),
    ]
}

fn of_contexts(
    name: &str,
    help: &str,
    kind: MetricType,
    all: &[ContextStatus],
    metric: impl Fn(&ContextStatus) -> Option<Metric>,
) -> MetricFamily {
    let labelled =
        |context: &ContextStatus| Some(labelled(&[("context", context.context)], metric(context)?));
    family(name, help, kind, all.iter().filter_map(labelled).collect())
}

fn of_consumers(
    name: &str,
    help: &str,
    all: &[ContextStatus],
    metrics: impl Fn(&[(&str, &str)], &ConsumerStatus) -> Vec<Metric>,
) -> MetricFamily {
    let of_one = |context: &ContextStatus| {
        let consumers = context.work.iter().flat_map(|work| &work.consumers);
        let metrics = consumers.flat_map(|consumer| {
            let labels = [("context", context.context), ("consumer", &*consumer.consumer)];
            metrics(&labels, consumer)
        });
        metrics.collect::<Vec<_>>()
    };
    family(
        name,
        help,
        MetricType::GAUGE,
        all.iter().flat_map(of_one).collect(),
    )
}

fn of_pending(
    name: &str,
    help: &str,
    all: &[ContextStatus],
    value: impl Fn(PendingStatus) -> f64,
) -> MetricFamily {
    of_consumers(name, help, all, |labels, consumer| {
        let of_state = |(state, pending)| {
            let labels = [labels, &[("state", state)]].concat();
            labelled(&labels, gauge(value(pending)))
        };
        consumer.states().map(of_state).to_vec()
    })
}

fn family(name: &str, help: &str, kind: MetricType, metrics: Vec<Metric>) -> MetricFamily {
    let mut family = MetricFamily::default();
    family.set_name(name.to_owned());
    family.set_help(help.to_owned());
    family.set_field_type(kind);
    family.set_metric(metrics);
    family
}

fn labelled(labels: &[(&str, &str)], mut metric: Metric) -> Metric {
    let pair = |(name, value): &(&str, &str)| {
        let mut label = LabelPair::default();
        label.set_name((*name).to_owned());
        label.set_value((*value).to_owned());
        label
    };
    metric.set_label(labels.iter().map(pair).collect());
    metric
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
