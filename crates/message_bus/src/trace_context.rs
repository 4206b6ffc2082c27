//! A position in a trace, in the form of the W3C's `traceparent`.
//!
//! The ids of spans are made here, from ids that exist anyway, and not by whatever records spans: so an event's trace
//! context is the same whether spans are recorded or not.

use std::{
    fmt::{self, Display},
    str::FromStr,
};

use uuid::Uuid;

/// A trace, and one span of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TraceContext {
    trace_id: u128,
    span_id: u64,
    sampled: bool,
}

impl TraceContext {
    /// The first span of a new trace. Both are named by `id`, a UUIDv7.
    pub fn begin(id: Uuid, sampling: Sampling) -> Self {
        Self {
            trace_id: id.as_u128(),
            span_id: span_id(id),
            sampled: sampling.takes(id),
        }
    }

    /// Reads a `traceparent`, as in `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01`. A malformed one counts
    /// as none, as the W3C's recommendation says.
    pub fn from_traceparent(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let mut part = |length| {
            parts
                .next()
                .filter(|part| part.len() == length)
                .and_then(hexadecimal)
        };
        let (version, trace_id, span_id, flags) = (part(2), part(32), part(16), part(2));
        match (version, trace_id, span_id, flags, parts.next()) {
            (Some(version), Some(trace_id @ 1..), Some(span_id @ 1..), Some(flags), None)
                if version != 0xff =>
            {
                Some(Self {
                    trace_id,
                    span_id: u64::try_from(span_id).ok()?,
                    sampled: flags & 1 == 1,
                })
            }
            _ => None,
        }
    }

    /// A span of the same trace, below this one, named by `id`, a UUIDv7.
    #[must_use]
    pub fn child(self, id: Uuid) -> Self {
        Self {
            span_id: span_id(id),
            ..self
        }
    }

    /// The trace, in hexadecimal.
    pub fn trace_id(self) -> Hexadecimal<32> {
        Hexadecimal::of(self.trace_id)
    }

    /// The span, in hexadecimal.
    pub fn span_id(self) -> Hexadecimal<16> {
        Hexadecimal::of(self.span_id.into())
    }

    /// Whether the trace is recorded.
    pub const fn is_sampled(self) -> bool {
        self.sampled
    }
}

/// The half of a UUIDv7 that differs from one id to the next; its variant bits keep it from being zero.
const fn span_id(id: Uuid) -> u64 {
    id.as_u64_pair().1
}

/// As `traceparent` has it.
impl Display for TraceContext {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("00-")?;
        formatter.write_str(self.trace_id().as_str())?;
        formatter.write_str("-")?;
        formatter.write_str(self.span_id().as_str())?;
        formatter.write_str(if self.sampled { "-01" } else { "-00" })
    }
}

/// An id in so many digits. Every request and every event writes some, and the standard library's formatting is slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hexadecimal<const DIGITS: usize>([u8; DIGITS]);

impl<const DIGITS: usize> Hexadecimal<DIGITS> {
    fn of(number: u128) -> Self {
        Self(std::array::from_fn(|place| {
            let digit = (number >> (4 * (DIGITS - 1 - place))) as u8 & 0xf;
            if digit < 10 {
                b'0' + digit
            } else {
                b'a' + digit - 10
            }
        }))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        // Digits are UTF-8.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// A number of lower-case digits; Rust's own parser would take a sign and upper case.
fn hexadecimal(text: &str) -> Option<u128> {
    let digits = text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    digits.then(|| u128::from_str_radix(text, 16).ok()).flatten()
}

/// Which of the traces that begin here are recorded: a share of them, drawn by their ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sampling {
    /// Of 2³² traces.
    taken: u64,
}

impl Sampling {
    /// None of them.
    pub const NONE: Self = Self { taken: 0 };
    /// All of them.
    pub const ALL: Self = Self { taken: 1 << 32 };

    /// A UUIDv7's last 32 bits are random in each id; some of the bits before them are a counter.
    fn takes(self, id: Uuid) -> bool {
        span_id(id) & 0xffff_ffff < self.taken
    }
}

impl FromStr for Sampling {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, &'static str> {
        match text.parse::<f64>() {
            Ok(share) if (0.0..=1.0).contains(&share) => Ok(Self {
                taken: (share * Self::ALL.taken as f64).round() as u64,
            }),
            Ok(_) | Err(_) => Err("expected a share from 0 to 1, as in 0.1"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: Uuid = Uuid::from_u128(0x0197_b2c4_6d00_7000_8000_0000_8000_0000);

    #[test]
    fn a_trace_context_reads_as_it_writes() {
        let text = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let context = TraceContext::from_traceparent(text).unwrap();
        assert_eq!(context.to_string(), text);
        assert_eq!(context.trace_id().as_str(), "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(context.span_id().as_str(), "00f067aa0ba902b7");
        assert!(context.is_sampled());
        // Flags of a later version mean nothing to us.
        let later = TraceContext::from_traceparent(&text.replace("-01", "-fe")).unwrap();
        assert!(!later.is_sampled());
    }

    #[test]
    fn what_is_malformed_is_no_trace_context() {
        for malformed in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "+0-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        ] {
            assert_eq!(TraceContext::from_traceparent(malformed), None, "{malformed:?}");
        }
    }

    #[test]
    fn a_child_is_another_span_of_the_same_trace() {
        let first = TraceContext::begin(ID, Sampling::ALL);
        assert_eq!(
            first.to_string(),
            "00-0197b2c46d0070008000000080000000-8000000080000000-01"
        );
        let child = first.child(Uuid::from_u128(ID.as_u128() + 1));
        assert_eq!(
            child.to_string(),
            "00-0197b2c46d0070008000000080000000-8000000080000001-01"
        );
    }

    #[test]
    fn a_share_of_the_traces_is_recorded() {
        // Half of all ids end below this one's ending.
        for (share, recorded) in [
            ("0", false),
            ("0.5", false),
            ("0.51", true),
            ("1", true),
            ("1.0", true),
        ] {
            let sampling = share.parse().unwrap();
            assert_eq!(
                TraceContext::begin(ID, sampling).is_sampled(),
                recorded,
                "{share}"
            );
        }
        let last = Uuid::from_u128(ID.as_u128() | 0xffff_ffff);
        assert!(TraceContext::begin(last, Sampling::ALL).is_sampled());
        assert!(!TraceContext::begin(ID, Sampling::NONE).is_sampled());
        for text in ["", "all", "-0.1", "1.1", "NaN", "50%"] {
            assert!(text.parse::<Sampling>().is_err(), "{text:?}");
        }
    }
}
