//! If the caller states an expected number of units on hand and it differs, the change is refused. A count always
//! states it.

use shared_kernel::{Refusal, RefusalKind};

use crate::StockRecord;

/// The units on hand differ from those that the caller expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("found {on_hand} units on hand, expected {expected_on_hand}")]
pub struct StockChangedMeanwhile {
    /// What the caller expects.
    pub expected_on_hand: u32,
    /// What is on hand.
    pub on_hand: u32,
}

impl From<StockChangedMeanwhile> for Refusal {
    fn from(error: StockChangedMeanwhile) -> Self {
        Self::new(RefusalKind::State, "stock_changed_meanwhile", &error)
            .with("expected_on_hand", error.expected_on_hand)
            .with("on_hand", error.on_hand)
    }
}

pub(crate) const fn check(record: &StockRecord, expected_on_hand: u32) -> Result<(), StockChangedMeanwhile> {
    let on_hand = record.on_hand;
    if on_hand != expected_on_hand {
        return Err(StockChangedMeanwhile {
            expected_on_hand,
            on_hand,
        });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_count_must_be_the_very_same() {
        let record = StockRecord {
            product_id: "0197b2c4-6d00-7000-8000-000000000020".parse().unwrap(),
            on_hand: 5,
            reserved: 2,
        };
        assert_eq!(check(&record, 5), Ok(()));
        for expected_on_hand in [0, 4, 6, u32::MAX] {
            let error = StockChangedMeanwhile {
                expected_on_hand,
                on_hand: 5,
            };
            assert_eq!(check(&record, expected_on_hand), Err(error));
        }
    }
}
