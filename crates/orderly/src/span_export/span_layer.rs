//! Makes OpenTelemetry's spans out of tracing's.
//!
//! A span of ours that begins a trace here, or goes on with one, has its id and its parent's in its fields, if its trace is recorded;
//! every other is a child of the span around it. The existing bridge (tracing-opentelemetry) generates the ids itself, and the events
//! would have to get them from it.

mod fields;

use std::{
    borrow::Cow,
    sync::Arc,
    time::{Duration, SystemTime},
};

use opentelemetry::{
    InstrumentationScope, SpanId, TraceFlags, TraceId,
    trace::{SpanContext, SpanKind, Status, TraceState},
};
use opentelemetry_sdk::trace::{SpanData, SpanEvents, SpanLinks};
use shared_kernel::{Clock, IdGenerator, Timestamp};
use tracing::{
    Level, Metadata, Subscriber,
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{
    Layer,
    filter::{FilterFn, LevelFilter, filter_fn},
    layer::Context,
    registry::{LookupSpan, SpanRef},
};

use self::fields::Fields;
use super::SpanExport;
use crate::system::{SystemClock, SystemIds};

/// The crates whose spans these are.
const OURS: [&str; 4] = ["web::", "message_bus::", "event_delivery::", "storage::"];

/// Exports spans of recorded traces when they end.
pub(crate) struct SpanLayer {
    export: Arc<SpanExport>,
    scope: InstrumentationScope,
}

/// A span that has not ended.
struct Open {
    trace_id: TraceId,
    span_id: SpanId,
    parent: SpanId,
    /// Whether the parent may be another process's.
    parent_is_remote: bool,
    began: Timestamp,
    fields: Fields,
}

impl SpanLayer {
    pub(crate) fn new(export: Arc<SpanExport>) -> Self {
        Self {
            export,
            scope: InstrumentationScope::builder("orderly").build(),
        }
    }

    /// Which spans it processes.
    pub(crate) fn filter() -> FilterFn {
        let is_ours = |metadata: &Metadata<'_>| {
            metadata.is_span()
                && *metadata.level() <= Level::DEBUG
                && OURS.iter().any(|ours| metadata.target().starts_with(ours))
        };
        filter_fn(is_ours as fn(&Metadata<'_>) -> bool).with_max_level_hint(LevelFilter::DEBUG)
    }
}

impl<S> Layer<S> for SpanLayer
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let Some(open) = open(&span, fields) {
            span.extensions_mut().insert(open);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(open) = span.extensions_mut().get_mut::<Open>() {
            values.record(&mut open.fields);
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else { return };
        let open = span.extensions_mut().remove::<Open>();
        if let Some(open) = open {
            self.export.put(self.ended(span.name(), open));
        }
    }
}

/// A span that begins; nothing, when its trace is not recorded.
fn open<S: for<'a> LookupSpan<'a>>(span: &SpanRef<'_, S>, fields: Fields) -> Option<Open> {
    let (trace_id, parent, parent_is_remote) = match (fields.trace_id, fields.span_id) {
        (Some(trace_id), Some(_)) => (trace_id, fields.parent.unwrap_or(SpanId::INVALID), true),
        (Some(_), None) => return None,
        (None, _) => {
            let around = span.parent()?;
            let extensions = around.extensions();
            let around = extensions.get::<Open>()?;
            (around.trace_id, around.span_id, false)
        }
    };
    let span_id = fields.span_id;
    Some(Open {
        trace_id,
        span_id: span_id.unwrap_or_else(|| SpanId::from(SystemIds.next_id().as_u64_pair().1)),
        parent,
        parent_is_remote,
        began: SystemClock.now(),
        fields,
    })
}

impl SpanLayer {
    fn ended(&self, name: &'static str, open: Open) -> SpanData {
        let Open { fields, .. } = open;
        let (name, span_kind) = name_and_kind(name, &fields);
        SpanData {
            span_context: SpanContext::new(
                open.trace_id,
                open.span_id,
                TraceFlags::SAMPLED,
                false,
                TraceState::NONE,
            ),
            parent_span_id: open.parent,
            parent_span_is_remote: open.parent_is_remote && open.parent != SpanId::INVALID,
            span_kind,
            name,
            start_time: system_time(open.began),
            end_time: system_time(SystemClock.now()),
            attributes: fields.attributes,
            dropped_attributes_count: 0,
            events: SpanEvents::default(),
            links: SpanLinks::default(),
            status: fields.error.map_or(Status::Unset, Status::error),
            instrumentation_scope: self.scope.clone(),
        }
    }
}

/// A span's name: few names, each of which says what was done.
fn name_and_kind(name: &'static str, fields: &Fields) -> (Cow<'static, str>, SpanKind) {
    let of = |field| fields.text(field).unwrap_or_default();
    match name {
        "request" => {
            let name = format!("{} {}", of("http.request.method"), of("http.route"));
            (name.into(), SpanKind::Server)
        }
        "command" => (of("command").to_owned().into(), SpanKind::Internal),
        "delivery" => {
            let name = format!("{} {}", of("consumer"), of("event_type"));
            (name.into(), SpanKind::Consumer)
        }
        _ => (name.into(), SpanKind::Internal),
    }
}

fn system_time(time: Timestamp) -> SystemTime {
    let since_1970 = u64::try_from(time.as_microseconds()).unwrap_or(0);
    SystemTime::UNIX_EPOCH + Duration::from_micros(since_1970)
}
