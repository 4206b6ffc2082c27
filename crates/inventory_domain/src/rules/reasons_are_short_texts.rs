//! An adjustment of stock has a reason of 1 to 200 printable characters.
//!
//! Lengths are counted in characters, not bytes.

use shared_kernel::{Refusal, RefusalKind, printable::is_printable};

/// The longest reason, in characters.
pub const LIMIT: usize = 200;

/// A reason breaks this rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReasonError {
    /// It is blank.
    #[error("found no reason, expected some text")]
    Missing,
    /// It is too long.
    #[error("found a reason of {length} characters, expected at most {LIMIT}")]
    TooLong {
        /// How long it is, in characters.
        length: usize,
    },
    /// It contains a line break, a zero byte or another control character.
    #[error("found a control character in the reason, expected printable text")]
    NotPrintable,
}

impl From<ReasonError> for Refusal {
    fn from(error: ReasonError) -> Self {
        let refusal = |code| Self::new(RefusalKind::Value, code, &error).with("field", "reason");
        match error {
            ReasonError::Missing => refusal("text_missing"),
            ReasonError::TooLong { .. } => {
                refusal("text_too_long").with("limit", i64::try_from(LIMIT).unwrap_or(i64::MAX))
            }
            ReasonError::NotPrintable => refusal("text_not_printable"),
        }
    }
}

pub(crate) fn check(reason: &str) -> Result<(), ReasonError> {
    if reason.trim().is_empty() {
        return Err(ReasonError::Missing);
    }
    let length = reason.chars().count();
    if length > LIMIT {
        return Err(ReasonError::TooLong { length });
    }
    if !is_printable(reason) {
        return Err(ReasonError::NotPrintable);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_hundred_characters_are_accepted_and_one_more_is_not() {
        assert_eq!(check("x"), Ok(()));
        assert_eq!(check(&"ä".repeat(200)), Ok(()));
        assert_eq!(check(&"ä".repeat(201)), Err(ReasonError::TooLong { length: 201 }));
    }

    #[test]
    fn a_blank_reason_is_none() {
        assert_eq!(check(""), Err(ReasonError::Missing));
        assert_eq!(check("  "), Err(ReasonError::Missing));
    }

    #[test]
    fn control_characters_are_refused() {
        assert_eq!(check("lost\nin transit"), Err(ReasonError::NotPrintable));
    }
}
