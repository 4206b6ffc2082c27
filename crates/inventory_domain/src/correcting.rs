//! Correcting stock that drifted: what exactly would have to change, so that it can be told before it is done.
//!
//! What is on hand is taken for true, since somebody can count it; the ledger and what is reserved are made to agree.

use shared_kernel::{ProductId, Version};

use crate::StockRecord;

/// What must change so that a stock item agrees with its ledger and with what is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StockCorrection {
    /// The product.
    pub product_id: ProductId,
    /// The version of the stock item that this was found at. At any other it means nothing.
    pub version: Version,
    /// The delta that the ledger misses; 0, when it misses none.
    pub ledger_delta: i64,
    /// What is reserved.
    pub reserved_from: u32,
    /// What is to be: the sum of what is held.
    pub reserved_to: u32,
}

impl StockCorrection {
    /// What must change about a stock item whose ledger sums up to `ledger` and of which `held` units are held; nothing, if
    /// all agrees.
    ///
    /// # Errors
    /// [`MoreHeldThanThere`] when no correction mends it.
    pub fn of(
        record: &StockRecord,
        version: Version,
        ledger: i64,
        held: u64,
    ) -> Result<Option<Self>, MoreHeldThanThere> {
        let on_hand = record.on_hand;
        let reserved_to = u32::try_from(held).ok().filter(|held| *held <= on_hand);
        let reserved_to = reserved_to.ok_or(MoreHeldThanThere { held, on_hand })?;
        let correction = Self {
            product_id: record.product_id,
            version,
            ledger_delta: i64::from(on_hand).saturating_sub(ledger),
            reserved_from: record.reserved,
            reserved_to,
        };
        let agrees = correction.ledger_delta == 0 && correction.reserved_from == reserved_to;
        Ok((!agrees).then_some(correction))
    }
}

/// More was promised than there is: only counting again, or cancelling orders, mends that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "found {held} units held for orders and {on_hand} on hand; expected no more held than there are: count them, or cancel orders"
)]
pub struct MoreHeldThanThere {
    /// Units that are held.
    pub held: u64,
    /// Units that there are.
    pub on_hand: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn correction(
        on_hand: u32,
        reserved: u32,
        ledger: i64,
        held: u64,
    ) -> Result<Option<StockCorrection>, MoreHeldThanThere> {
        let record = StockRecord {
            product_id: "0197b2c4-6d00-7000-8000-000000000020".parse().unwrap(),
            on_hand,
            reserved,
        };
        StockCorrection::of(&record, Version::new(7), ledger, held)
    }

    #[test]
    fn what_agrees_needs_no_correction() {
        assert_eq!(correction(5, 2, 5, 2), Ok(None));
    }

    #[test]
    fn the_ledger_is_told_what_it_missed() {
        let correction = correction(5, 2, 8, 2).unwrap().unwrap();
        assert_eq!(correction.ledger_delta, -3);
        assert_eq!((correction.reserved_from, correction.reserved_to), (2, 2));
    }

    #[test]
    fn reserved_becomes_what_is_held() {
        let correction = correction(5, 2, 5, 5).unwrap().unwrap();
        assert_eq!(correction.ledger_delta, 0);
        assert_eq!((correction.reserved_from, correction.reserved_to), (2, 5));
    }

    #[test]
    fn more_held_than_there_is_cannot_be_mended_by_numbers() {
        assert_eq!(
            correction(5, 5, 5, 6),
            Err(MoreHeldThanThere { held: 6, on_hand: 5 })
        );
    }
}
