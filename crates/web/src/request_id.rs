//! The id by which a request is found again: echoed, or made.

use actix_web::{HttpRequest, http::header::HeaderValue};
use message_bus::{Sampling, TraceContext};
use shared_kernel::{CorrelationId, IdGenerator};

/// The longest `Request-Id` that is echoed, in characters.
const LONGEST: usize = 128;

/// A request's id, and the ids by which its consequences are found.
#[derive(Clone, Debug)]
pub(crate) struct RequestId {
    header: HeaderValue,
    correlation_id: CorrelationId,
    trace: TraceContext,
    /// The caller's span, which is its parent.
    parent: Option<TraceContext>,
}

impl RequestId {
    /// The caller's `Request-Id`, if it is 1 to 128 visible ASCII characters, or else the correlation id.
    ///
    /// The correlation id is never the caller's: it connects the events of a timeline, so a caller who chose it could
    /// add to another's timeline. The trace is the caller's if they sent one; `sampling` decides whether a new one is
    /// recorded.
    pub(crate) fn of(http: &HttpRequest, ids: &dyn IdGenerator, sampling: Sampling) -> Self {
        let id = ids.next_id();
        let correlation_id = CorrelationId::new(id);
        let header = http
            .headers()
            .get("request-id")
            .filter(|value| is_echoed(value.as_bytes()))
            .cloned()
            .or_else(|| HeaderValue::try_from(correlation_id.to_string()).ok())
            .unwrap_or(HeaderValue::from_static("-"));
        let parent = callers_trace(http);
        Self {
            header,
            correlation_id,
            trace: parent.map_or_else(|| TraceContext::begin(id, sampling), |parent| parent.child(id)),
            parent,
        }
    }

    pub(crate) const fn header(&self) -> &HeaderValue {
        &self.header
    }

    pub(crate) fn as_str(&self) -> &str {
        // Both kinds of id are visible ASCII.
        self.header.to_str().unwrap_or("-")
    }

    pub(crate) const fn correlation_id(&self) -> CorrelationId {
        self.correlation_id
    }

    /// The span in which it is answered.
    pub(crate) const fn trace(&self) -> TraceContext {
        self.trace
    }

    /// The caller's span, if they sent one.
    pub(crate) const fn parent(&self) -> Option<TraceContext> {
        self.parent
    }
}

/// A malformed `traceparent` counts as none, as its specification requires.
fn callers_trace(http: &HttpRequest) -> Option<TraceContext> {
    TraceContext::from_traceparent(http.headers().get("traceparent")?.to_str().ok()?)
}

fn is_echoed(value: &[u8]) -> bool {
    (1..=LONGEST).contains(&value.len()) && value.iter().all(u8::is_ascii_graphic)
}
