//! The id by which a request is found again: echoed, or made.

use actix_web::{HttpRequest, http::header::HeaderValue};
use shared_kernel::{CorrelationId, IdGenerator};

/// The longest `Request-Id` that is echoed, in characters.
const LONGEST: usize = 128;

/// A request's id, and the correlation id of whatever it sets in motion.
#[derive(Clone, Debug)]
pub(crate) struct RequestId {
    header: HeaderValue,
    correlation_id: CorrelationId,
}

impl RequestId {
    /// The caller's `Request-Id`, if it is 1 to 128 visible ASCII characters, or else the correlation id.
    ///
    /// The correlation id is never the caller's: a timeline is what shares one, so a caller who chose it
    /// could write themselves into somebody else's.
    pub(crate) fn of(http: &HttpRequest, ids: &dyn IdGenerator) -> Self {
        let correlation_id = CorrelationId::new(ids.next_id());
        let header = http
            .headers()
            .get("request-id")
            .filter(|value| is_echoed(value.as_bytes()))
            .cloned()
            .or_else(|| HeaderValue::try_from(correlation_id.to_string()).ok())
            .unwrap_or(HeaderValue::from_static("-"));
        Self {
            header,
            correlation_id,
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
}

fn is_echoed(value: &[u8]) -> bool {
    (1..=LONGEST).contains(&value.len()) && value.iter().all(u8::is_ascii_graphic)
}
