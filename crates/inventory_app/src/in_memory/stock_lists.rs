//! The store's queries.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
};

use inventory_domain::{ReservationRecord, ReservationState, StockRecord};
use shared_kernel::{OrderId, PageRequest, ProductId, ReservationId, Version};

use super::inventory_store::State;
use crate::{
    LedgerEntryView, ReservationStatus, StockDrift,
    store::{StoredReservation, StoredStockItem},
};

impl State {
    pub(super) fn stock_items(&self, products: &BTreeSet<ProductId>) -> Vec<StoredStockItem> {
        let stored = products.iter().filter_map(|id| self.stock.get(id));
        stored.map(stored_item).collect()
    }

    pub(super) fn stock_on(&self, page: PageRequest<ProductId>) -> Vec<StoredStockItem> {
        let after = page.after.map_or(Bound::Unbounded, Bound::Excluded);
        let stored = self.stock.range((after, Bound::Unbounded));
        let items = stored.map(|(_, stored)| stored_item(stored));
        items.take(one_more_than(page.limit)).collect()
    }

    pub(super) fn ledger_on(
        &self,
        product_id: ProductId,
        page: PageRequest<Version>,
    ) -> Vec<LedgerEntryView> {
        let entries = self.ledger.iter().rev();
        let wanted = entries.filter(|((product, version), _)| {
            *product == product_id && page.after.is_none_or(|after| *version < after)
        });
        let views = wanted.map(|((product, version), entry)| LedgerEntryView::of(*product, *version, entry));
        views.take(one_more_than(page.limit)).collect()
    }

    pub(super) fn reservations_of(&self, orders: &BTreeSet<OrderId>) -> Vec<StoredReservation> {
        let stored = self.reservations.values();
        let wanted = stored.filter(|(record, _)| orders.contains(&record.order_id));
        wanted.map(stored_reservation).collect()
    }

    pub(super) fn reservations_on(
        &self,
        order_id: Option<OrderId>,
        page: PageRequest<ReservationId>,
    ) -> Vec<StoredReservation> {
        let newest = self.reservations.values().rev();
        let wanted = newest.filter(|(record, _)| {
            order_id.is_none_or(|order_id| record.order_id == order_id)
                && page.after.is_none_or(|after| record.id < after)
        });
        wanted
            .map(stored_reservation)
            .take(one_more_than(page.limit))
            .collect()
    }

    pub(super) fn status_of(&self, orders: &BTreeSet<OrderId>) -> Vec<ReservationStatus> {
        self.statuses(|record| orders.contains(&record.order_id))
    }

    pub(super) fn held_on(&self, page: PageRequest<OrderId>) -> Vec<ReservationStatus> {
        let mut held = self.statuses(|record| {
            record.state == ReservationState::Held && page.after.is_none_or(|after| record.order_id > after)
        });
        held.truncate(one_more_than(page.limit));
        held
    }

    pub(super) fn drifted(&self, limit: u32) -> Vec<StockDrift> {
        let mut held: BTreeMap<ProductId, u64> = BTreeMap::new();
        let reservations = self.reservations.values();
        for (record, _) in reservations.filter(|(record, _)| record.state == ReservationState::Held) {
            for line in &record.lines {
                *held.entry(line.product_id).or_default() += u64::from(line.quantity);
            }
        }
        let products: BTreeSet<ProductId> = self.stock.keys().chain(held.keys()).copied().collect();
        let drifts = products.into_iter().map(|product_id| StockDrift {
            product_id,
            item: self.stock.get(&product_id).copied(),
            ledger: self
                .ledger
                .iter()
                .filter(|((product, _), _)| *product == product_id)
                .map(|(_, entry)| entry.delta)
                .sum(),
            held: held.get(&product_id).copied().unwrap_or(0),
        });
        let drifted = drifts.filter(|drift| {
            drift.item.is_none_or(|(record, _)| {
                i64::from(record.on_hand) != drift.ledger
                    || u64::from(record.reserved) != drift.held
                    || record.reserved > record.on_hand
            })
        });
        drifted
            .take(usize::try_from(limit).unwrap_or(usize::MAX))
            .collect()
    }

    /// The status of the reservations that `wanted` selects, in the order of their orders.
    fn statuses(&self, wanted: impl Fn(&ReservationRecord) -> bool) -> Vec<ReservationStatus> {
        let stored = self.reservations.values().filter(|(record, _)| wanted(record));
        let statuses = stored.map(|(record, version)| ReservationStatus {
            order_id: record.order_id,
            reservation_id: record.id,
            state: record.state.name().to_owned(),
            version: *version,
        });
        let mut statuses: Vec<_> = statuses.collect();
        statuses.sort_by_key(|status| status.order_id);
        statuses
    }
}

const fn stored_item((record, version): &(StockRecord, Version)) -> StoredStockItem {
    StoredStockItem {
        record: *record,
        version: *version,
    }
}

fn stored_reservation((record, version): &(ReservationRecord, Version)) -> StoredReservation {
    StoredReservation {
        record: record.clone(),
        version: *version,
    }
}

fn one_more_than(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX).saturating_add(1)
}
