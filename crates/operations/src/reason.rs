//! Why an operator does something, in one line for later readers.

use shared_kernel::{Refusal, RefusalKind, printable::is_printable};

/// The longest reason, in characters.
pub const LONGEST: usize = 500;

/// A reason that cannot be recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ReasonError {
    /// There is none, or a blank one, where one is required.
    #[error("found no reason, expected one of 1 to {LONGEST} characters")]
    Missing,
    /// It is too long.
    #[error("found a reason of {found} characters, expected at most {LONGEST}")]
    TooLong {
        /// Its length, in characters.
        found: usize,
    },
    /// It holds a control character.
    #[error("found a control character in the reason, expected printable text")]
    NotPrintable,
}

impl From<ReasonError> for Refusal {
    fn from(error: ReasonError) -> Self {
        match error {
            ReasonError::Missing => Self::new(RefusalKind::Value, "reason_missing", &error),
            ReasonError::TooLong { .. } => {
                Self::new(RefusalKind::Value, "reason_too_long", &error).with("limit", LONGEST as i64)
            }
            ReasonError::NotPrintable => Self::new(RefusalKind::Value, "reason_not_printable", &error),
        }
    }
}

/// A reason where one is needed.
///
/// # Errors
/// [`ReasonError`].
pub fn required(given: Option<&str>) -> Result<String, ReasonError> {
    match optional(given)? {
        reason if reason.is_empty() => Err(ReasonError::Missing),
        reason => Ok(reason),
    }
}

/// A reason where none is needed; empty when there is none.
///
/// # Errors
/// [`ReasonError`], but for a reason that is missing.
pub fn optional(given: Option<&str>) -> Result<String, ReasonError> {
    let reason = given.unwrap_or_default().trim();
    if !is_printable(reason) {
        return Err(ReasonError::NotPrintable);
    }
    match reason.chars().count() {
        found if found > LONGEST => Err(ReasonError::TooLong { found }),
        _ => Ok(reason.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_of_500_characters_stands_and_one_of_501_does_not() {
        let longest = "ü".repeat(LONGEST);
        assert_eq!(required(Some(&longest)), Ok(longest.clone()));
        let longer = longest + "ü";
        let too_long = Err(ReasonError::TooLong { found: 501 });
        assert_eq!(required(Some(&longer)), too_long);
        assert_eq!(optional(Some(&longer)), too_long);
    }

    #[test]
    fn a_blank_reason_is_none() {
        for blank in [None, Some(""), Some(" \t ")] {
            assert_eq!(required(blank), Err(ReasonError::Missing), "{blank:?}");
            assert_eq!(optional(blank), Ok(String::new()), "{blank:?}");
        }
        assert_eq!(required(Some(" typo ")), Ok("typo".to_owned()));
    }

    #[test]
    fn a_reason_is_one_printable_line() {
        for text in ["two\nlines", "a\0b", "\u{1b}[31mred"] {
            assert_eq!(required(Some(text)), Err(ReasonError::NotPrintable), "{text:?}");
        }
    }
}
