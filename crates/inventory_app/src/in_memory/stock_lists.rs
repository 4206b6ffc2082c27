//! Questions to the store.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::Bound,
};

use async_trait::async_trait;
use inventory_domain::{ReservationRecord, ReservationState};
use message_bus::Unavailable;
use shared_kernel::{OrderId, Page, PageRequest, ProductId, ReservationId, Version};

use super::{InMemoryInventory, inventory_store::State};
use crate::{
    InventoryQueries, LedgerEntryView, ReservationStanding, ReservationView, StockChecks, StockDrift,
    StockItemView,
};

#[async_trait]
impl InventoryQueries for InMemoryInventory {
    async fn stock_item(&self, product_id: ProductId) -> Result<Option<StockItemView>, Unavailable> {
        let state = self.state();
        let stored = state.stock.get(&product_id);
        Ok(stored.map(|(record, version)| StockItemView::of_record(record, *version)))
    }

    async fn stock(
        &self,
        page: PageRequest<ProductId>,
    ) -> Result<Page<StockItemView, ProductId>, Unavailable> {
        let state = self.state();
        let after = page.after.map_or(Bound::Unbounded, Bound::Excluded);
        let stored = state.stock.range((after, Bound::Unbounded));
        let views = stored.map(|(_, (record, version))| StockItemView::of_record(record, *version));
        let data = views.take(one_more_than(page.limit)).collect();
        Ok(Page::of(data, page.limit, |view: &StockItemView| view.product_id))
    }

    async fn available(
        &self,
        products: &BTreeSet<ProductId>,
    ) -> Result<BTreeMap<ProductId, u32>, Unavailable> {
        let state = self.state();
        let stored = products.iter().filter_map(|id| state.stock.get_key_value(id));
        Ok(stored
            .map(|(id, (record, _))| (*id, record.available()))
            .collect())
    }

    async fn ledger(
        &self,
        product_id: ProductId,
        page: PageRequest<Version>,
    ) -> Result<Page<LedgerEntryView, Version>, Unavailable> {
        let state = self.state();
        let entries = state.ledger.iter().rev();
        let wanted = entries.filter(|((product, version), _)| {
            *product == product_id && page.after.is_none_or(|after| *version < after)
        });
        let views = wanted.map(|((product, version), entry)| LedgerEntryView::of(*product, *version, entry));
        let data = views.take(one_more_than(page.limit)).collect();
        Ok(Page::of(data, page.limit, |view: &LedgerEntryView| view.version))
    }

    async fn reservations(
        &self,
        order_id: Option<OrderId>,
        page: PageRequest<ReservationId>,
    ) -> Result<Page<ReservationView, ReservationId>, Unavailable> {
        let state = self.state();
        let newest = state.reservations.values().rev();
        let wanted = newest.filter(|(record, _)| {
            order_id.is_none_or(|order_id| record.order_id == order_id)
                && page.after.is_none_or(|after| record.id < after)
        });
        let views = wanted.map(|(record, version)| ReservationView::of_record(record.clone(), *version));
        let data = views.take(one_more_than(page.limit)).collect();
        Ok(Page::of(data, page.limit, |view: &ReservationView| view.id))
    }

    async fn standing_of(
        &self,
        orders: &BTreeSet<OrderId>,
    ) -> Result<BTreeMap<OrderId, ReservationStanding>, Unavailable> {
        let state = self.state();
        let standings = state.standings(|record| orders.contains(&record.order_id));
        Ok(standings)
    }

    async fn held(
        &self,
        page: PageRequest<OrderId>,
    ) -> Result<Page<ReservationStanding, OrderId>, Unavailable> {
        let state = self.state();
        let held = state.standings(|record| {
            record.state == ReservationState::Held && page.after.is_none_or(|after| record.order_id > after)
        });
        let data = held.into_values().take(one_more_than(page.limit)).collect();
        Ok(Page::of(data, page.limit, |standing: &ReservationStanding| {
            standing.order_id
        }))
    }
}

#[async_trait]
impl StockChecks for InMemoryInventory {
    async fn drifted(&self, limit: u32) -> Result<Vec<StockDrift>, Unavailable> {
        let state = self.state();
        let mut held: BTreeMap<ProductId, u64> = BTreeMap::new();
        let reservations = state.reservations.values();
        for (record, _) in reservations.filter(|(record, _)| record.state == ReservationState::Held) {
            for line in &record.lines {
                *held.entry(line.product_id).or_default() += u64::from(line.quantity);
            }
        }
        let products: BTreeSet<ProductId> = state.stock.keys().chain(held.keys()).copied().collect();
        let drifts = products.into_iter().map(|product_id| StockDrift {
            product_id,
            item: state.stock.get(&product_id).copied(),
            ledger: state
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
        Ok(drifted
            .take(usize::try_from(limit).unwrap_or(usize::MAX))
            .collect())
    }
}

impl State {
    /// Where the reservations stand that `wanted` says, by their orders.
    fn standings(
        &self,
        wanted: impl Fn(&ReservationRecord) -> bool,
    ) -> BTreeMap<OrderId, ReservationStanding> {
        let stored = self.reservations.values().filter(|(record, _)| wanted(record));
        let standings = stored.map(|(record, version)| ReservationStanding {
            order_id: record.order_id,
            reservation_id: record.id,
            state: record.state.name().to_owned(),
            version: *version,
        });
        standings.map(|standing| (standing.order_id, standing)).collect()
    }
}

fn one_more_than(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX).saturating_add(1)
}
