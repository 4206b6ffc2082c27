//! A stock item and its ledger as rows, and back. No rule is asked on the way back: what was stored stays readable.

use std::fmt::Display;

use diesel::Queryable;
use inventory_app::{LedgerEntryView, StockDrift};
use inventory_domain::{ChangedBy, LedgerEntry, StockItem, StockRecord};
use message_bus::Unavailable;
use shared_kernel::{AggregateRoot, OrderId, ProductId, Timestamp, Version};
use storage::columns::{RowId, RowTime};

/// A row of `stock_items`. The fields stand in the order of the columns.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub(crate) struct StockRow {
    pub(crate) product_id: RowId,
    pub(crate) on_hand: i64,
    pub(crate) reserved: i64,
    pub(crate) version: i64,
}

/// A row of `ledger_entries`. The fields stand in the order of the columns.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub(crate) struct LedgerRow {
    pub(crate) product_id: RowId,
    pub(crate) version: i64,
    pub(crate) delta: i64,
    pub(crate) reason: String,
    pub(crate) order_id: Option<RowId>,
    pub(crate) actor: Option<String>,
    pub(crate) recorded_at: RowTime,
}

/// A product's stock beside the sums that it must agree with. Without a stock item, only the sums.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DriftRow {
    pub(crate) product_id: RowId,
    pub(crate) on_hand: Option<i64>,
    pub(crate) reserved: Option<i64>,
    pub(crate) version: Option<i64>,
    pub(crate) ledger: i64,
    pub(crate) held: i64,
}

/// A row holds what Orderly never wrote.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct UnreadableRow(String);

/// An error on the way from a row, in its own words.
pub(crate) fn unreadable(error: impl Display) -> UnreadableRow {
    UnreadableRow(error.to_string())
}

impl From<UnreadableRow> for Unavailable {
    fn from(error: UnreadableRow) -> Self {
        Self::defect(error)
    }
}

impl StockRow {
    /// The row of a stock item with all its changes.
    pub(crate) fn of(item: &StockItem) -> Self {
        let record = item.record();
        Self {
            product_id: RowId(record.product_id.uuid()),
            on_hand: i64::from(record.on_hand),
            reserved: i64::from(record.reserved),
            version: i64::from(item.version().number()),
        }
    }

    /// The stock item's data and version.
    pub(crate) fn into_record(self) -> Result<(StockRecord, Version), UnreadableRow> {
        let record = StockRecord {
            product_id: ProductId::new(self.product_id.0),
            on_hand: count(self.on_hand)?,
            reserved: count(self.reserved)?,
        };
        Ok((record, version(self.version)?))
    }
}

impl LedgerRow {
    /// The row of an entry of a product's ledger.
    pub(crate) fn of(product_id: ProductId, version: Version, entry: &LedgerEntry) -> Self {
        let (order_id, actor) = match &entry.by {
            ChangedBy::Order(order_id) => (Some(RowId(order_id.uuid())), None),
            ChangedBy::Actor(actor) => (None, Some(actor.clone())),
        };
        Self {
            product_id: RowId(product_id.uuid()),
            version: i64::from(version.number()),
            delta: entry.delta,
            reason: entry.reason.clone(),
            order_id,
            actor,
            recorded_at: RowTime(entry.at.as_microseconds()),
        }
    }

    /// The entry as callers see it.
    pub(crate) fn into_view(self) -> Result<LedgerEntryView, UnreadableRow> {
        Ok(LedgerEntryView {
            product_id: ProductId::new(self.product_id.0),
            version: version(self.version)?,
            delta: self.delta,
            reason: self.reason,
            order_id: self.order_id.map(|id| OrderId::new(id.0)),
            actor: self.actor,
            recorded_at: time(self.recorded_at)?,
        })
    }
}

impl DriftRow {
    /// What the doctor sees of it.
    pub(crate) fn into_drift(self) -> Result<StockDrift, UnreadableRow> {
        let item = match (self.on_hand, self.reserved, self.version) {
            (Some(on_hand), Some(reserved), Some(version)) => {
                let row = StockRow {
                    product_id: self.product_id,
                    on_hand,
                    reserved,
                    version,
                };
                Some(row.into_record()?)
            }
            _ => None,
        };
        Ok(StockDrift {
            product_id: ProductId::new(self.product_id.0),
            item,
            ledger: self.ledger,
            held: u64::try_from(self.held).map_err(unreadable)?,
        })
    }
}

/// A count as it was stored.
pub(crate) fn count(number: i64) -> Result<u32, UnreadableRow> {
    u32::try_from(number).map_err(unreadable)
}

/// A version as it was stored.
pub(crate) fn version(number: i64) -> Result<Version, UnreadableRow> {
    count(number).map(Version::new)
}

/// A time as it was stored.
pub(crate) fn time(time: RowTime) -> Result<Timestamp, UnreadableRow> {
    Timestamp::from_microseconds(time.0).map_err(unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item() -> StockItem {
        let product_id = "0197b2c4-6d00-7000-8000-000000000020".parse().unwrap();
        let mut item = StockItem::open(product_id);
        let at = Timestamp::from_microseconds(7).unwrap();
        let by = ChangedBy::Actor("operator".to_owned());
        item.adjust(5, "found".to_owned(), None, by, at).unwrap();
        item
    }

    #[test]
    fn a_stock_item_goes_into_a_row_and_back() {
        let item = item();
        let row = StockRow::of(&item);
        let (record, version) = row.clone().into_record().unwrap();
        assert_eq!((&record, version), (item.record(), item.version()));
        assert_eq!(StockRow::of(&StockItem::rehydrate(record, version)), row);
    }

    #[test]
    fn an_entry_goes_into_a_row_and_comes_back_as_callers_see_it() {
        let item = item();
        let (version, entry) = item.ledger_entries().next().unwrap();
        let view = LedgerRow::of(item.id(), version, entry).into_view().unwrap();
        assert_eq!(view, LedgerEntryView::of(item.id(), version, entry));
        let order_id = "0197b2c4-6d00-7000-8000-000000000010".parse().unwrap();
        let shipped = LedgerEntry {
            by: ChangedBy::Order(order_id),
            ..entry.clone()
        };
        let view = LedgerRow::of(item.id(), version, &shipped).into_view().unwrap();
        assert_eq!((view.order_id, view.actor), (Some(order_id), None));
    }

    #[test]
    fn a_row_that_orderly_never_wrote_is_not_guessed_at() {
        let row = StockRow::of(&item());
        for broken in [
            StockRow {
                on_hand: -1,
                ..row.clone()
            },
            StockRow {
                reserved: 1 << 32,
                ..row.clone()
            },
            StockRow { version: -1, ..row },
        ] {
            assert!(broken.clone().into_record().is_err(), "{broken:?}");
        }
    }
}
