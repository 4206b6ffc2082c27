//! The catalogue in memory: a store that behaves as the real ones do.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use message_bus::{CommandLog, CommitError, Envelope, InMemoryLog, Recorded, Replay, Unavailable, WriteSet};
use shared_kernel::ProductId;
use storage::columns::RowId;

use crate::{
    CatalogRows, CatalogStore, Product,
    rows::{ProductChange, ProductRow},
    store::{SKU_INDEX, Stretch},
};

/// Products, events and the command log, in memory.
#[derive(Debug, Default)]
pub struct InMemoryCatalog {
    state: Mutex<State>,
}

#[derive(Clone, Debug, Default)]
struct State {
    products: BTreeMap<RowId, ProductRow>,
    log: InMemoryLog,
}

impl InMemoryCatalog {
    /// The event log, oldest first.
    pub fn events(&self) -> Vec<Envelope> {
        self.state().log.events()
    }

    /// Nothing panics while the lock is held, so a poisoned one is as good as any.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl CommandLog for InMemoryCatalog {
    async fn recorded(&self, replay: &Replay) -> Result<Recorded, Unavailable> {
        Ok(self.state().log.recorded(replay))
    }
}

#[async_trait]
impl CatalogStore for InMemoryCatalog {
    async fn product(&self, id: ProductId) -> Result<Option<Product>, Unavailable> {
        let row = self.state().products.get(&RowId(id.uuid())).cloned();
        Ok(row.map(Product::try_from).transpose()?)
    }

    async fn listed(&self, stretch: Stretch) -> Result<Vec<Product>, Unavailable> {
        let mut rows: Vec<ProductRow> = self.state().products.values().cloned().collect();
        rows.retain(|row| row.status == "listed" && stretch.includes(row));
        rows.sort_by(|one, other| place(one).cmp(&place(other)));
        let at_most = usize::try_from(stretch.at_most).unwrap_or(usize::MAX);
        let products = rows.into_iter().take(at_most).map(Product::try_from);
        Ok(products.collect::<Result<_, _>>()?)
    }

    async fn commit(&self, write_set: WriteSet<CatalogRows>) -> Result<(), CommitError> {
        let mut state = self.state();
        let mut next = state.clone();
        let rows = next.log.commit(write_set)?;
        if let Some(change) = rows.product {
            next.save(change)?;
        }
        *state = next;
        Ok(())
    }
}

impl State {
    fn save(&mut self, change: ProductChange) -> Result<(), CommitError> {
        let row = change.row;
        let stored = self.products.get(&row.id).map_or(0, |stored| stored.version);
        if stored != change.loaded_version {
            return Err(CommitError::VersionConflict);
        }
        let taken = |other: &ProductRow| other.id != row.id && other.sku_folded == row.sku_folded;
        if self.products.values().any(taken) {
            return Err(CommitError::AlreadyExists {
                constraint: SKU_INDEX.to_owned(),
            });
        }
        self.products.insert(row.id, row);
        Ok(())
    }
}

impl Stretch {
    fn includes(&self, row: &ProductRow) -> bool {
        let after = self
            .after
            .as_ref()
            .map(|after| (after.name.as_str(), RowId(after.id.uuid())));
        row.name_folded >= self.from
            && self
                .before
                .as_ref()
                .is_none_or(|before| row.name_folded < *before)
            && after.is_none_or(|after| place(row) > after)
    }
}

fn place(row: &ProductRow) -> (&str, RowId) {
    (&row.name_folded, row.id)
}
