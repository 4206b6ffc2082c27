//! Correcting stock that does not add up: what exactly would change, so that it can be shown before it is done.
//!
//! The units on hand are taken as correct, since they can be counted; the ledger and the reserved units are corrected to agree.

use shared_kernel::{ProductId, Version};

use crate::StockRecord;

/// What must change so that a stock item agrees with its ledger and with its reservations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StockCorrection {
    /// The product.
    pub product_id: ProductId,
    /// The version of the stock item that this was computed at. At any other version it does not apply.
    pub version: Version,
    /// The delta that is missing from the ledger; 0, when none is.
    pub ledger_delta: i64,
    /// What is reserved.
    pub reserved_from: u32,
    /// The reserved units as they should be: the sum over the reservations.
    pub reserved_to: u32,
}

impl StockCorrection {
    /// What must change about a stock item whose ledger sums up to `ledger` and of which reservations hold `held` units;
    /// nothing, if all agree.
    ///
    /// # Errors
    /// [`MoreHeldThanThere`] when no correction is possible.
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

/// More is reserved than there is: only counting again, or cancelling orders, can correct that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "found {held} units held for orders and {on_hand} on hand; expected no more held than there are: count them, or cancel orders"
)]
pub struct MoreHeldThanThere {
    /// Units that reservations hold.
    pub held: u64,
    /// Units on hand.
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
