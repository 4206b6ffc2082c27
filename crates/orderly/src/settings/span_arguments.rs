//! Where spans are sent, and which of them.

use std::{fmt, str::FromStr};

use clap::Args;
use message_bus::Sampling;
use url::Url;

use crate::{command_line::without_secrets, failure::Failure};

/// OpenTelemetry's own variable, used where ours is not set.
const STANDARD_ENDPOINT: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
/// OpenTelemetry's variable for the service's name.
const SERVICE_NAME: &str = "OTEL_SERVICE_NAME";

/// What the server needs to know to send spans.
#[derive(Debug, Args)]
pub(crate) struct SpanArguments {
    /// A collector of OpenTelemetry that spans are sent to by OTLP over HTTP, as in http://localhost:4318. Without this and
    /// OTEL_EXPORTER_OTLP_ENDPOINT, none are.
    #[arg(
        long,
        env = "ORDERLY_OTLP_ENDPOINT",
        value_name = "URL",
        hide_env_values = true
    )]
    otlp_endpoint: Option<OtlpEndpoint>,
    /// The share of the traces that is sent, from 0 to 1. A caller who sends a traceparent decides for their own.
    #[arg(long, env = "ORDERLY_OTLP_SAMPLE", value_name = "SHARE", default_value = "1")]
    otlp_sample: Sampling,
}

/// Where spans are sent, and which of them.
#[derive(Debug)]
pub(crate) struct SpanSettings {
    pub(crate) endpoint: OtlpEndpoint,
    pub(crate) sampling: Sampling,
    /// The service's name, if it is set.
    pub(crate) service_name: Option<String>,
}

impl SpanArguments {
    /// Where spans are sent; nothing, when they are not.
    ///
    /// # Errors
    /// One line that names the variable, when OpenTelemetry's own is wrong.
    pub(crate) fn settings(&self) -> Result<Option<SpanSettings>, Failure> {
        let endpoint = match &self.otlp_endpoint {
            Some(endpoint) => Some(endpoint.clone()),
            None => from_environment(STANDARD_ENDPOINT)
                .map(|value| {
                    value.parse().map_err(|error: InvalidOtlpEndpoint| {
                        let value = without_secrets(&value);
                        Failure::usage(format!("{STANDARD_ENDPOINT} is {value:?}: {error}"))
                    })
                })
                .transpose()?,
        };
        Ok(endpoint.map(|endpoint| SpanSettings {
            endpoint,
            sampling: self.otlp_sample,
            service_name: from_environment(SERVICE_NAME),
        }))
    }
}

/// A variable of OpenTelemetry's; an empty one counts as not set, as its specification requires.
#[expect(
    clippy::disallowed_methods,
    reason = "settings are where the environment enters"
)]
fn from_environment(variable: &str) -> Option<String> {
    std::env::var(variable).ok().filter(|value| !value.is_empty())
}

/// The URL of a collector. Its credentials go into OTEL_EXPORTER_OTLP_HEADERS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OtlpEndpoint(Url);

/// The text is no collector's URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected http://HOST:PORT or https://HOST:PORT, as in http://localhost:4318")]
pub(crate) struct InvalidOtlpEndpoint;

impl OtlpEndpoint {
    /// Its path for spans.
    pub(crate) fn for_spans(&self) -> String {
        format!("{}/v1/traces", self.0.as_str().trim_end_matches('/'))
    }
}

impl fmt::Display for OtlpEndpoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.as_str())
    }
}

impl FromStr for OtlpEndpoint {
    type Err = InvalidOtlpEndpoint;

    fn from_str(text: &str) -> Result<Self, InvalidOtlpEndpoint> {
        let url = Url::parse(text).map_err(|_| InvalidOtlpEndpoint)?;
        let stands = matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        stands.then_some(Self(url)).ok_or(InvalidOtlpEndpoint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_is_a_collectors_url() {
        for (text, spans) in [
            ("http://localhost:4318", "http://localhost:4318/v1/traces"),
            (
                "https://collector.example/",
                "https://collector.example/v1/traces",
            ),
            (
                "https://collector.example/orderly",
                "https://collector.example/orderly/v1/traces",
            ),
        ] {
            assert_eq!(text.parse::<OtlpEndpoint>().unwrap().for_spans(), spans);
        }
        for text in [
            "",
            "localhost:4318",
            "grpc://localhost:4317",
            "http://",
            "http://shop:secret@collector.example",
            "http://collector.example?key=secret",
        ] {
            assert_eq!(text.parse::<OtlpEndpoint>(), Err(InvalidOtlpEndpoint), "{text:?}");
        }
    }
}
