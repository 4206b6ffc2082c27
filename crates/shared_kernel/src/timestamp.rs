//! Points in time, in UTC, to the microsecond.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A point in time in UTC, kept to the microsecond (what every supported database keeps).
///
/// Written as RFC 3339 with a `Z`. There is no `now` here: time enters through [`Clock`](crate::Clock).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Timestamp(i64);

/// The text or number is no point in time that can be represented.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found:?} is no time; expected RFC 3339, as in 2026-01-31T12:00:00Z")]
pub struct InvalidTimestamp {
    /// What was given.
    pub found: String,
}

impl Timestamp {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(0);

    /// A time from microseconds since 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    /// [`InvalidTimestamp`] outside the years -9999 to 9999.
    pub fn from_microseconds(microseconds: i64) -> Result<Self, InvalidTimestamp> {
        jiff::Timestamp::from_microsecond(microseconds)
            .map(|_| Self(microseconds))
            .map_err(|_| InvalidTimestamp {
                found: microseconds.to_string(),
            })
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub const fn as_microseconds(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down.
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// This time and `seconds` more (or fewer, when negative). Stays at the last representable time instead of overflowing.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        self.plus_milliseconds(seconds.saturating_mul(1000))
    }

    /// This time and `milliseconds` more (or fewer, when negative). Stays at the last representable time instead of overflowing.
    #[must_use]
    pub fn plus_milliseconds(self, milliseconds: i64) -> Self {
        let moved = self.0.saturating_add(milliseconds.saturating_mul(1000));
        Self(moved.clamp(
            jiff::Timestamp::MIN.as_microsecond(),
            jiff::Timestamp::MAX.as_microsecond(),
        ))
    }

    /// Milliseconds from `earlier` to this time; negative when `earlier` is later.
    pub const fn milliseconds_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0) / 1000
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(time) => write!(formatter, "{time:.6}"),
            Err(_) => write!(formatter, "{}us", self.0),
        }
    }
}

impl FromStr for Timestamp {
    type Err = InvalidTimestamp;

    fn from_str(text: &str) -> Result<Self, InvalidTimestamp> {
        text.parse::<jiff::Timestamp>()
            .map(|time| Self(time.as_microsecond()))
            .map_err(|_| InvalidTimestamp {
                found: text.to_owned(),
            })
    }
}

impl TryFrom<String> for Timestamp {
    type Error = InvalidTimestamp;

    fn try_from(text: String) -> Result<Self, InvalidTimestamp> {
        text.parse()
    }
}

impl From<Timestamp> for String {
    fn from(time: Timestamp) -> Self {
        time.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_written_as_rfc_3339_and_read_back() {
        let time = Timestamp::from_microseconds(1_767_225_600_000_123).unwrap();
        assert_eq!(time.to_string(), "2026-01-01T00:00:00.000123Z");
        assert_eq!(time.to_string().parse(), Ok(time));
    }

    #[test]
    fn text_that_is_no_time_is_refused() {
        assert!("yesterday".parse::<Timestamp>().is_err());
        assert!(Timestamp::from_microseconds(i64::MAX).is_err());
    }
}
