//! A log line as one flat JSON object: the event's fields, then those of the spans around it, the innermost first.

use std::fmt::{self, Debug};

use serde_json::{Map, Value};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::{
    field::RecordFields,
    fmt::{
        FmtContext, FormatFields, FormattedFields,
        format::{Format, FormatEvent, Json, Writer},
    },
    registry::LookupSpan,
};

/// So that `trace_id` and `request_id` are where log collectors look for them.
pub(super) struct JsonLines {
    event: Format<Json>,
}

impl Default for JsonLines {
    fn default() -> Self {
        Self {
            event: Format::default()
                .json()
                .flatten_event(true)
                .with_current_span(false)
                .with_span_list(false),
        }
    }
}

impl<S> FormatEvent<S, SpanFields> for JsonLines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, SpanFields>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut line = String::new();
        self.event.format_event(context, Writer::new(&mut line), event)?;
        let line = line.trim_end();
        let mut written: Map<String, Value> = serde_json::from_str(line).unwrap_or_default();
        writer.write_str(line.strip_suffix('}').unwrap_or(line))?;
        for span in context.event_scope().into_iter().flatten() {
            let extensions = span.extensions();
            let Some(fields) = extensions.get::<FormattedFields<SpanFields>>() else {
                continue;
            };
            let fields = format!("{{{}}}", fields.fields.trim_start_matches(','));
            let fields: Map<String, Value> = serde_json::from_str(&fields).unwrap_or_default();
            for (name, value) in fields {
                if !written.contains_key(&name) {
                    write!(writer, ",\"{name}\":{value}")?;
                    written.insert(name, value);
                }
            }
        }
        writer.write_str("}\n")
    }
}

/// Writes a span's fields, each as `,"name":value`. Every request has a span, and most are never logged, so this has to
/// be quick: the JSON of tracing-subscriber takes three times as long.
pub(super) struct SpanFields;

impl<'writer> FormatFields<'writer> for SpanFields {
    fn format_fields<R: RecordFields>(&self, writer: Writer<'writer>, fields: R) -> fmt::Result {
        let mut pairs = Pairs {
            writer,
            result: Ok(()),
        };
        fields.record(&mut pairs);
        pairs.result
    }

    fn add_fields(
        &self,
        current: &'writer mut FormattedFields<Self>,
        fields: &tracing::span::Record<'_>,
    ) -> fmt::Result {
        self.format_fields(current.as_writer(), fields)
    }
}

struct Pairs<'writer> {
    writer: Writer<'writer>,
    result: fmt::Result,
}

impl Pairs<'_> {
    fn write(&mut self, parts: &[&str]) {
        for part in parts {
            self.result = self.result.and_then(|()| self.writer.write_str(part));
        }
    }
}

impl Visit for Pairs<'_> {
    fn record_str(&mut self, field: &Field, text: &str) {
        let stands_as_it_is = text
            .bytes()
            .all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\');
        if stands_as_it_is {
            self.write(&[",\"", field.name(), "\":\"", text, "\""]);
        } else {
            self.write(&[",\"", field.name(), "\":", &Value::from(text).to_string()]);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.record_str(field, &format!("{value:?}"));
    }

    fn record_u64(&mut self, field: &Field, number: u64) {
        self.write(&[",\"", field.name(), "\":", &number.to_string()]);
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io,
        sync::{Arc, Mutex},
    };

    use tracing_subscriber::{Layer, Registry, layer::SubscriberExt};

    use super::*;

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// The lines that this logs, without their time.
    fn logged(log: impl FnOnce()) -> Vec<String> {
        let written = Written::default();
        let to = written.clone();
        let lines = tracing_subscriber::fmt::layer()
            .with_writer(move || to.clone())
            .fmt_fields(SpanFields)
            .event_format(JsonLines::default())
            .boxed();
        tracing::subscriber::with_default(Registry::default().with(lines), log);
        let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        text.lines()
            .map(|line| {
                let (time, rest) = line.split_once(',').unwrap();
                assert!(time.starts_with("{\"timestamp\":\""), "{line}");
                serde_json::from_str::<Value>(line).unwrap();
                rest.replace("orderly::logging::json_lines::tests", "here")
            })
            .collect()
    }

    #[test]
    fn a_line_has_what_the_spans_around_it_say_beside_its_own() {
        let lines = logged(|| {
            tracing::warn!(path = "/a{b}", "outside");
            let outer = tracing::error_span!(
                "request",
                trace_id = "1",
                request_id = "a \"quoted\" one",
                status = 1_u64
            );
            let _outer = outer.entered();
            tracing::warn!(map = "}", "within");
            let _inner = tracing::error_span!("delivery", trace_id = "2", attempt = 3_u64).entered();
            tracing::warn!(attempt = 4, "further within");
        });
        assert_eq!(
            lines,
            [
                r#""level":"WARN","message":"outside","path":"/a{b}","target":"here"}"#,
                r#""level":"WARN","message":"within","map":"}","target":"here","request_id":"a \"quoted\" one","status":1,"trace_id":"1"}"#,
                r#""level":"WARN","message":"further within","attempt":4,"target":"here","trace_id":"2","request_id":"a \"quoted\" one","status":1}"#,
            ]
        );
    }
}
