//! A product's stock: how many units there are, and how many of them are reserved for orders.
//!
//! It raises no events: each change has a version of its own, and each change of the units on hand writes a
//! ledger entry. Deliberately not here: which order reserved what.

use shared_kernel::{AggregateRoot, Changes, OrderId, ProductId, Timestamp, Version};

use crate::{
    ChangedBy, LedgerEntry, StockCorrection, StockError,
    ledger::{CORRECTED, COUNTED, SHIPPED},
    rules::{
        adjustments_change_something, counts_compare_first, on_hand_limit, reasons_are_short_texts,
        stock_never_falls_below_what_is_reserved::{self, InsufficientStock},
        what_is_held_is_reserved::StockOutOfStep,
    },
};

/// A product's stock, an aggregate root. Two are the same one when their products are.
#[derive(Clone, Debug)]
pub struct StockItem {
    record: StockRecord,
    changes: Changes<StockChange>,
}

/// A stock item's data: what is stored, loaded and shown. `0 ≤ reserved ≤ on_hand` always.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StockRecord {
    /// The product.
    pub product_id: ProductId,
    /// Units there are.
    pub on_hand: u32,
    /// Those of them that are reserved for orders.
    pub reserved: u32,
}

/// What can have happened to a stock item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StockChange {
    /// It was opened, with nothing on hand.
    Opened,
    /// There are more units, or fewer. Units that an order took are no longer reserved.
    Moved(LedgerEntry),
    /// Units are reserved for an order.
    Reserved,
    /// Units that were reserved for an order are free again.
    Released,
    /// The reserved units were set to the sum over the reservations; the ledger was already right.
    ReservedCorrected,
}

impl StockRecord {
    /// Units that are not reserved: none, should more be reserved than there is.
    pub const fn available(&self) -> u32 {
        match self.on_hand.checked_sub(self.reserved) {
            Some(available) => available,
            None => 0,
        }
    }

    /// What is reserved, when `quantity` units more are.
    fn reserved_with(&self, quantity: u32) -> Result<u32, InsufficientStock> {
        let reserved = self.reserved.checked_add(quantity);
        reserved
            .filter(|reserved| *reserved <= self.on_hand)
            .ok_or(InsufficientStock {
                product_id: self.product_id,
                requested: quantity.into(),
                available: self.available(),
            })
    }

    /// What is reserved, when `quantity` reserved units no longer are.
    fn reserved_without(&self, quantity: u32) -> Result<u32, StockOutOfStep> {
        self.reserved.checked_sub(quantity).ok_or(StockOutOfStep {
            product_id: self.product_id,
            held: quantity,
            reserved: self.reserved,
        })
    }

    /// What is on hand, when `quantity` units are taken away.
    fn on_hand_without(&self, quantity: u32) -> Result<u32, InsufficientStock> {
        self.on_hand.checked_sub(quantity).ok_or(InsufficientStock {
            product_id: self.product_id,
            requested: quantity.into(),
            available: self.on_hand,
        })
    }
}

impl StockItem {
    /// Opens the stock of a product, with nothing on hand.
    pub fn open(product_id: ProductId) -> Self {
        let mut changes = Changes::of_a_new_aggregate();
        changes.raise(StockChange::Opened);
        let record = StockRecord {
            product_id,
            on_hand: 0,
            reserved: 0,
        };
        Self { record, changes }
    }

    /// A stock item as stored. No rule is checked.
    pub const fn rehydrate(record: StockRecord, version: Version) -> Self {
        Self {
            record,
            changes: Changes::since(version),
        }
    }

    /// Its data.
    pub const fn record(&self) -> &StockRecord {
        &self.record
    }

    /// The ledger entries written since it was loaded, each with the version it led to, oldest first.
    pub fn ledger_entries(&self) -> impl Iterator<Item = (Version, &LedgerEntry)> {
        self.changes
            .events()
            .filter_map(|(version, change)| match change {
                StockChange::Moved(entry) => Some((version, entry)),
                StockChange::Opened
                | StockChange::Reserved
                | StockChange::Released
                | StockChange::ReservedCorrected => None,
            })
    }

    /// Adds `delta` units (takes some away, when it is negative) for a reason. `expected_on_hand` is the count
    /// that the caller expects, if they state one.
    ///
    /// # Errors
    /// The rule that refuses it.
    pub fn adjust(
        &mut self,
        delta: i64,
        reason: String,
        expected_on_hand: Option<u32>,
        by: ChangedBy,
        at: Timestamp,
    ) -> Result<(), StockError> {
        reasons_are_short_texts::check(&reason)?;
        adjustments_change_something::check(delta)?;
        if let Some(expected) = expected_on_hand {
            counts_compare_first::check(&self.record, expected)?;
        }
        self.move_by(LedgerEntry {
            delta,
            reason,
            by,
            at,
        })
    }

    /// Sets the units on hand to the `counted` ones. `expected_on_hand` is the count that the caller was shown
    /// before. A count that confirms it changes nothing.
    ///
    /// # Errors
    /// The rule that refuses it.
    pub fn count(
        &mut self,
        counted: u32,
        expected_on_hand: u32,
        by: ChangedBy,
        at: Timestamp,
    ) -> Result<(), StockError> {
        counts_compare_first::check(&self.record, expected_on_hand)?;
        let delta = i64::from(counted) - i64::from(self.record.on_hand);
        if delta == 0 {
            return Ok(());
        }
        let reason = COUNTED.to_owned();
        self.move_by(LedgerEntry {
            delta,
            reason,
            by,
            at,
        })
    }

    fn move_by(&mut self, entry: LedgerEntry) -> Result<(), StockError> {
        stock_never_falls_below_what_is_reserved::check(&self.record, entry.delta)?;
        self.record.on_hand = on_hand_limit::check(self.record.on_hand, entry.delta)?;
        self.changes.raise(StockChange::Moved(entry));
        Ok(())
    }

    /// Reserves units. Whether there are enough was checked for the whole order: [`crate::reserve`].
    pub(crate) fn hold(&mut self, quantity: u32) -> Result<(), InsufficientStock> {
        self.record.reserved = self.record.reserved_with(quantity)?;
        self.changes.raise(StockChange::Reserved);
        Ok(())
    }

    /// Frees reserved units. That so many are reserved was checked before: [`crate::release`].
    pub(crate) fn free(&mut self, quantity: u32) -> Result<(), StockOutOfStep> {
        self.record.reserved = self.record.reserved_without(quantity)?;
        self.changes.raise(StockChange::Released);
        Ok(())
    }

    /// Takes reserved units out of stock. That so many are reserved was checked before: [`crate::fulfil`].
    pub(crate) fn take(&mut self, quantity: u32, order_id: OrderId, at: Timestamp) -> Result<(), StockError> {
        let reserved = self.record.reserved_without(quantity)?;
        self.record.on_hand = self.record.on_hand_without(quantity)?;
        self.record.reserved = reserved;
        self.changes.raise(StockChange::Moved(LedgerEntry {
            delta: -i64::from(quantity),
            reason: SHIPPED.to_owned(),
            by: ChangedBy::Order(order_id),
            at,
        }));
        Ok(())
    }

    /// Corrects it: adds the missing entry to the ledger, and sets the reserved units to the sum over the reservations.
    pub fn correct(&mut self, correction: &StockCorrection, by: ChangedBy, at: Timestamp) {
        self.record.reserved = correction.reserved_to.min(self.record.on_hand);
        self.changes.raise(if correction.ledger_delta == 0 {
            StockChange::ReservedCorrected
        } else {
            StockChange::Moved(LedgerEntry {
                delta: correction.ledger_delta,
                reason: CORRECTED.to_owned(),
                by,
                at,
            })
        });
    }
}

impl AggregateRoot for StockItem {
    type Id = ProductId;
    type Event = StockChange;

    fn id(&self) -> ProductId {
        self.record.product_id
    }

    fn changes(&self) -> &Changes<StockChange> {
        &self.changes
    }
}

impl PartialEq for StockItem {
    fn eq(&self, other: &Self) -> bool {
        self.record.product_id == other.record.product_id
    }
}

impl Eq for StockItem {}

#[cfg(test)]
mod tests;
