//! A log line as one flat JSON object: the event's fields, then those of the spans around it, the innermost first.

use std::fmt;

use serde_json::{Map, Value};
use tracing::{Event, Subscriber};
use tracing_subscriber::{
    fmt::{
        FmtContext, FormattedFields,
        format::{Format, FormatEvent, Json, JsonFields, Writer},
    },
    registry::LookupSpan,
};

/// So that `trace_id` and `request_id` stand where whoever collects logs looks for them.
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

impl<S> FormatEvent<S, JsonFields> for JsonLines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, JsonFields>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut line = String::new();
        self.event.format_event(context, Writer::new(&mut line), event)?;
        let mut spans = context.event_scope().into_iter().flatten().peekable();
        if spans.peek().is_none() {
            return writer.write_str(&line);
        }
        let mut written: Map<String, Value> = serde_json::from_str(&line).unwrap_or_default();
        let line = line.trim_end();
        writer.write_str(line.strip_suffix('}').unwrap_or(line))?;
        for span in spans {
            let extensions = span.extensions();
            let fields = extensions.get::<FormattedFields<JsonFields>>();
            let fields: Map<String, Value> = fields
                .and_then(|fields| serde_json::from_str(fields).ok())
                .unwrap_or_default();
            for (name, value) in fields {
                if !written.contains_key(&name) {
                    write!(writer, ",{}:{value}", Value::from(name.as_str()))?;
                    written.insert(name, value);
                }
            }
        }
        writer.write_str("}\n")
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
            .fmt_fields(JsonFields::new())
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
                status = 1
            );
            let _outer = outer.entered();
            tracing::warn!(map = "}", "within");
            let _inner = tracing::error_span!("delivery", trace_id = "2", attempt = 3).entered();
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
