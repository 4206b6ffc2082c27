//! At most 1,000,000,000 units of a product are on hand.

use shared_kernel::{Refusal, RefusalKind};

/// The most units of a product that may be on hand.
pub const LIMIT: u32 = 1_000_000_000;

/// There would be too many units of a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("found {on_hand} units on hand, expected from 0 to {limit}")]
pub struct OnHandLimit {
    /// How many there would be.
    pub on_hand: i64,
    /// How many there may be.
    pub limit: u32,
}

impl From<OnHandLimit> for Refusal {
    fn from(error: OnHandLimit) -> Self {
        Self::new(RefusalKind::Value, "on_hand_limit", &error)
            .with("on_hand", error.on_hand)
            .with("limit", error.limit)
    }
}

/// What is on hand after a change by `delta`.
pub(crate) fn check(on_hand: u32, delta: i64) -> Result<u32, OnHandLimit> {
    let changed = i64::from(on_hand).saturating_add(delta);
    u32::try_from(changed)
        .ok()
        .filter(|changed| *changed <= LIMIT)
        .ok_or(OnHandLimit {
            on_hand: changed,
            limit: LIMIT,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_billion_is_accepted_and_one_more_is_not() {
        assert_eq!(check(0, 1_000_000_000), Ok(1_000_000_000));
        assert_eq!(check(999_999_999, 1), Ok(1_000_000_000));
        let error = check(1_000_000_000, 1).unwrap_err();
        assert_eq!(error.on_hand, 1_000_000_001);
    }

    #[test]
    fn no_number_overflows_the_rule() {
        assert!(check(5, i64::MAX).is_err());
        assert!(check(5, i64::MIN).is_err());
        assert_eq!(check(5, -5), Ok(0));
    }
}
