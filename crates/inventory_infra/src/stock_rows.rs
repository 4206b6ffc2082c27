//! A stock item and its ledger as rows, and back. No rule is checked on the way back: what was stored stays readable.

use diesel::{
    Queryable, QueryableByName,
    sql_types::{BigInt, Nullable},
};
use inventory_app::{LedgerEntryView, StockDrift, store::StoredStockItem};
use inventory_domain::{ChangedBy, LedgerEntry, StockItem, StockRecord};
use shared_kernel::{AggregateRoot, OrderId, ProductId, Version};
use storage::{
    ReadError,
    columns::{Id, RowId, RowTime, row_time, to_count, to_time, to_version},
};

/// A row of `stock_items`. The fields are in the order of the columns.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, QueryableByName)]
#[diesel(table_name = crate::schema::stock_items)]
pub(crate) struct StockRow {
    pub(crate) product_id: RowId,
    pub(crate) on_hand: i64,
    pub(crate) reserved: i64,
    pub(crate) version: i64,
}

/// A row of `ledger_entries`.
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
#[diesel(table_name = crate::schema::ledger_entries)]
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
#[derive(Clone, Debug, PartialEq, Eq, QueryableByName)]
pub(crate) struct DriftRow {
    #[diesel(sql_type = Id)]
    product_id: RowId,
    #[diesel(sql_type = Nullable<BigInt>)]
    on_hand: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    reserved: Option<i64>,
    #[diesel(sql_type = Nullable<BigInt>)]
    version: Option<i64>,
    #[diesel(sql_type = BigInt)]
    ledger: i64,
    #[diesel(sql_type = BigInt)]
    held: i64,
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
}

impl TryFrom<StockRow> for StoredStockItem {
    type Error = ReadError;

    fn try_from(row: StockRow) -> Result<Self, ReadError> {
        Ok(Self {
            record: StockRecord {
                product_id: ProductId::new(row.product_id.0),
                on_hand: to_count(row.on_hand)?,
                reserved: to_count(row.reserved)?,
            },
            version: to_version(row.version)?,
        })
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
            recorded_at: row_time(entry.at),
        }
    }
}

impl TryFrom<LedgerRow> for LedgerEntryView {
    type Error = ReadError;

    fn try_from(row: LedgerRow) -> Result<Self, ReadError> {
        Ok(Self {
            product_id: ProductId::new(row.product_id.0),
            version: to_version(row.version)?,
            delta: row.delta,
            reason: row.reason,
            order_id: row.order_id.map(|id| OrderId::new(id.0)),
            actor: row.actor,
            recorded_at: to_time(row.recorded_at)?,
        })
    }
}

impl TryFrom<DriftRow> for StockDrift {
    type Error = ReadError;

    fn try_from(row: DriftRow) -> Result<Self, ReadError> {
        let item = match (row.on_hand, row.reserved, row.version) {
            (Some(on_hand), Some(reserved), Some(version)) => {
                let product_id = row.product_id;
                let stored = StoredStockItem::try_from(StockRow {
                    product_id,
                    on_hand,
                    reserved,
                    version,
                })?;
                Some((stored.record, stored.version))
            }
            _ => None,
        };
        Ok(Self {
            product_id: ProductId::new(row.product_id.0),
            item,
            ledger: row.ledger,
            held: u64::try_from(row.held).map_err(ReadError::corrupt)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use shared_kernel::Timestamp;

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
        let StoredStockItem { record, version } = row.clone().try_into().unwrap();
        assert_eq!((&record, version), (item.record(), item.version()));
        assert_eq!(StockRow::of(&StockItem::rehydrate(record, version)), row);
    }

    #[test]
    fn an_entry_goes_into_a_row_and_comes_back_as_callers_see_it() {
        let item = item();
        let (version, entry) = item.ledger_entries().next().unwrap();
        let row = LedgerRow::of(item.id(), version, entry);
        let view = LedgerEntryView::try_from(row).unwrap();
        assert_eq!(view, LedgerEntryView::of(item.id(), version, entry));
        let order_id = "0197b2c4-6d00-7000-8000-000000000010".parse().unwrap();
        let shipped = LedgerEntry {
            by: ChangedBy::Order(order_id),
            ..entry.clone()
        };
        let row = LedgerRow::of(item.id(), version, &shipped);
        let view = LedgerEntryView::try_from(row).unwrap();
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
            assert!(StoredStockItem::try_from(broken.clone()).is_err(), "{broken:?}");
        }
    }
}
