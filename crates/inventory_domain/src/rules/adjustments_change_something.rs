//! An adjustment changes something: its delta is not zero.

use shared_kernel::{Refusal, RefusalKind};

/// Nothing would change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("found a delta of 0, expected units more or fewer")]
pub struct AdjustmentWithoutChange;

impl From<AdjustmentWithoutChange> for Refusal {
    fn from(error: AdjustmentWithoutChange) -> Self {
        Self::new(RefusalKind::Value, "adjustment_without_change", &error)
    }
}

pub(crate) const fn check(delta: i64) -> Result<(), AdjustmentWithoutChange> {
    if delta == 0 {
        return Err(AdjustmentWithoutChange);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_zero_is_no_change() {
        assert_eq!(check(0), Err(AdjustmentWithoutChange));
        assert_eq!(check(1), Ok(()));
        assert_eq!(check(-1), Ok(()));
    }
}
