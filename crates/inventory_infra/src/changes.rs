//! What one command changes, or several that were decided together, as rows: computed before the database is asked.

use inventory_app::store::InventoryChanges;
use inventory_domain::{Reservation, StockItem};
use shared_kernel::AggregateRoot;
use storage::{AggregateTable, ContextRows, RowWrite};

use crate::{
    reservation_rows::{LineRow, ReservationRow},
    stock_rows::{LedgerRow, StockRow},
};

/// The rows of one write set.
#[derive(Clone, Debug, Default)]
pub struct InventoryRows {
    /// In the order of their products.
    pub(crate) stock: Vec<StockChange>,
    pub(crate) reservations: Vec<ReservationChange>,
}

impl ContextRows for InventoryRows {
    // A stock item has versions and no events: it has a ledger.
    const AGGREGATES: &'static [AggregateTable] = &[AggregateTable {
        aggregate_type: "reservation",
        table: "reservations",
    }];
}

/// The change of a stock item's row, and its ledger entries.
#[derive(Clone, Debug)]
pub(crate) struct StockChange {
    pub(crate) row: StockRow,
    pub(crate) write: RowWrite,
    pub(crate) entries: Vec<LedgerRow>,
}

/// The change of a reservation's row. A new one's lines are written with it.
#[derive(Clone, Debug)]
pub(crate) struct ReservationChange {
    pub(crate) row: ReservationRow,
    pub(crate) write: RowWrite,
    pub(crate) lines: Vec<LineRow>,
}

impl InventoryRows {
    /// The rows of what was decided.
    pub(crate) fn of(changes: &InventoryChanges) -> Self {
        Self {
            stock: changes.stock.iter().map(StockChange::of).collect(),
            reservations: changes.reservations.iter().map(ReservationChange::of).collect(),
        }
    }
}

impl StockChange {
    /// The change to the stock item as it is now.
    pub(crate) fn of(item: &StockItem) -> Self {
        let entries = item.ledger_entries();
        Self {
            row: StockRow::of(item),
            write: RowWrite::since(item.changes().loaded_version()),
            entries: entries
                .map(|(version, entry)| LedgerRow::of(item.id(), version, entry))
                .collect(),
        }
    }
}

impl ReservationChange {
    /// The change to the reservation as it is now.
    pub(crate) fn of(reservation: &Reservation) -> Self {
        let write = RowWrite::since(reservation.changes().loaded_version());
        Self {
            row: ReservationRow::of(reservation),
            write,
            lines: match write {
                RowWrite::Insert => LineRow::all_of(reservation),
                RowWrite::Update { .. } => Vec::new(),
            },
        }
    }
}
