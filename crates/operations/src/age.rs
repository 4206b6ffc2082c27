//! How long ago something was: seconds for machines, words for people.

use std::fmt;

use schema::{Components, HasSchema, Value, json, with};
use serde::{Serialize, Serializer};
use shared_kernel::Timestamp;

/// How long ago something was, to the millisecond. Its JSON is the number of seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Age {
    milliseconds: i64,
}

impl Age {
    /// The age at `now` of what was at `since`; none when another machine's clock is ahead.
    pub fn at(now: Timestamp, since: Timestamp) -> Self {
        Self {
            milliseconds: now.milliseconds_since(since).max(0),
        }
    }

    /// In seconds.
    pub fn seconds(self) -> f64 {
        self.milliseconds as f64 / 1e3
    }
}

impl HasSchema for Age {
    fn schema(components: &mut Components) -> Value {
        with(f64::schema(components), "", json!({"minimum": 0}))
    }
}

impl Serialize for Age {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.seconds())
    }
}

/// The largest units, in seconds, each with the word for one of it.
const UNITS: [(i64, &str); 4] = [(86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second")];

/// In the largest unit of which there are at least two, as in `90 minutes`, since `1 hour` could be nearly two.
impl fmt::Display for Age {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.milliseconds / 1000;
        let (unit, word) = UNITS
            .into_iter()
            .find(|(unit, _)| seconds >= 2 * unit)
            .unwrap_or((1, "second"));
        let plural = if seconds / unit == 1 { "" } else { "s" };
        write!(formatter, "{} {word}{plural}", seconds / unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn age(milliseconds: i64) -> Age {
        let since: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        Age::at(since.plus_milliseconds(milliseconds), since)
    }

    #[test]
    fn an_age_is_told_in_the_largest_unit_that_there_are_two_of() {
        for (seconds, words) in [
            (-5, "0 seconds"),
            (0, "0 seconds"),
            (1, "1 second"),
            (119, "119 seconds"),
            (120, "2 minutes"),
            (7_199, "119 minutes"),
            (7_200, "2 hours"),
            (172_799, "47 hours"),
            (172_800, "2 days"),
            (86_400 * 400, "400 days"),
        ] {
            assert_eq!(age(seconds * 1000).to_string(), words);
        }
    }

    #[test]
    fn its_json_is_the_number_of_seconds() {
        assert_eq!(serde_json::to_string(&age(7_250)).unwrap(), "7.25");
        assert_eq!(serde_json::to_string(&age(-1)).unwrap(), "0.0");
    }
}
