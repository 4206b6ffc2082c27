//! A span's fields: its place in a trace, its error, and attributes.

use std::fmt::Debug;

use opentelemetry::{KeyValue, SpanId, TraceId, Value};
use tracing::field::{Field, Visit};

/// A span's fields, taken apart.
#[derive(Default)]
pub(super) struct Fields {
    pub(super) trace_id: Option<TraceId>,
    pub(super) span_id: Option<SpanId>,
    pub(super) parent: Option<SpanId>,
    pub(super) error: Option<String>,
    pub(super) attributes: Vec<KeyValue>,
}

impl Fields {
    /// The text of an attribute.
    pub(super) fn text(&self, key: &str) -> Option<&str> {
        let attribute = self
            .attributes
            .iter()
            .find(|attribute| attribute.key.as_str() == key)?;
        match &attribute.value {
            Value::String(text) => Some(text.as_str()),
            _ => None,
        }
    }

    fn take(&mut self, field: &'static str, text: String) {
        match field {
            "trace_id" => self.trace_id = TraceId::from_hex(&text).ok(),
            "span_id" => self.span_id = SpanId::from_hex(&text).ok(),
            "parent_span_id" => self.parent = SpanId::from_hex(&text).ok(),
            "error" => self.error = Some(text),
            field => self.attributes.push(KeyValue::new(attribute(field), text)),
        }
    }
}

/// A field's name among attributes, where OpenTelemetry's conventions have one.
const fn attribute(field: &'static str) -> &'static str {
    match field.as_bytes() {
        b"method" => "http.request.method",
        b"route" => "http.route",
        b"status" => "http.response.status_code",
        _ => field,
    }
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.take(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.take(field.name(), format!("{value:?}"));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        let value = i64::try_from(value).unwrap_or(i64::MAX);
        self.attributes
            .push(KeyValue::new(attribute(field.name()), value));
    }
}
