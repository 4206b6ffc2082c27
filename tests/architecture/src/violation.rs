//! A finding of a checker, written so that the reader knows which file to open and what to do there.

use std::fmt;

/// One place where the tree breaks a rule of the architecture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The file, and the line where there is one.
    pub place: String,
    /// What was found there.
    pub found: String,
    /// What repairs it.
    pub remedy: String,
}

impl Violation {
    /// A violation at `place`.
    pub fn new(place: impl Into<String>, found: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            place: place.into(),
            found: found.into(),
            remedy: remedy.into(),
        }
    }

    /// The violation of a checker that found nothing to check: a rule that matches nothing proves nothing.
    pub fn matched_nothing(place: &str, expected: &str) -> Self {
        Self::new(
            place,
            format!("found nothing to check, expected {expected}"),
            "correct what the checker looks for, or remove the rule",
        )
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{}: {}\n    remedy: {}",
            self.place, self.found, self.remedy
        )
    }
}

/// The violations as one text, for an assertion's message.
pub fn listed(violations: &[Violation]) -> String {
    let lines: Vec<String> = violations.iter().map(ToString::to_string).collect();
    format!("\n{}\n", lines.join("\n"))
}
