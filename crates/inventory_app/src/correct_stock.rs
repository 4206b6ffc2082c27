//! Stock that does not agree with its ledger, or with its reservations, is found and corrected.

use std::{collections::BTreeSet, fmt};

use inventory_domain::StockCorrection;
use message_bus::{
    Command, CommandMeta, Conflict, Handles, Unavailable, UseCaseError,
    retry::{UseCaseFailure, retry_on_conflict},
};
use shared_kernel::{AggregateRoot, Version};

use crate::{CorrectionView, Inventory, StockDrift, inventory::changed_by};

/// Make exactly these corrections, all of them or none: as they were shown, and only if the stock has not changed since.
#[derive(Clone, Debug)]
pub struct CorrectStock {
    /// The corrections.
    pub corrections: Vec<CorrectionView>,
}

impl Inventory {
    /// Compares all stock with its ledger and its reservations, and changes nothing. Answers with the products whose
    /// stock does not agree, at most `limit`.
    ///
    /// # Errors
    /// [`Unavailable`] when the store does not answer.
    pub async fn drifted(&self, limit: u32) -> Result<Vec<StockDrift>, Unavailable> {
        self.store.drifted(limit).await
    }

    async fn correct_once(
        &self,
        corrections: &[StockCorrection],
        meta: &CommandMeta,
    ) -> Result<(), UseCaseFailure> {
        let products: BTreeSet<_> = corrections
            .iter()
            .map(|correction| correction.product_id)
            .collect();
        let mut unit = self.begin(meta);
        let mut stock = unit.stock().of_products(&products).await?;
        for correction in corrections {
            let item = stock.get_mut(&correction.product_id);
            let current = item.as_ref().map_or(Version::NEVER_STORED, |item| item.version());
            let stale = Conflict::StaleVersion {
                expected: correction.version,
                current,
            };
            let item = item.filter(|_| current == correction.version).ok_or(stale)?;
            item.correct(correction, changed_by(meta), meta.issued_at);
        }
        for (_, item) in stock {
            unit.stock().save(item);
        }
        unit.commit(meta.replay_record(&())?).await?;
        Ok(())
    }
}

impl Command for CorrectStock {
    type Output = ();
}

impl Handles<CorrectStock> for Inventory {
    async fn handle(&self, command: CorrectStock, meta: CommandMeta) -> Result<(), UseCaseError> {
        let corrections: Vec<StockCorrection> = command.corrections.into_iter().map(Into::into).collect();
        retry_on_conflict(&meta, self.ids.as_ref(), || {
            self.correct_once(&corrections, &meta)
        })
        .await
    }
}

impl StockDrift {
    /// The correction; nothing, when more is reserved than there is.
    pub fn correction(&self) -> Option<CorrectionView> {
        let (record, version) = self.item?;
        let correction = StockCorrection::of(&record, version, self.ledger, self.held);
        correction.ok().flatten().map(Into::into)
    }
}

/// What was found, and what was expected.
impl fmt::Display for StockDrift {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.item {
            None => write!(
                formatter,
                "found no stock item, and {} units held; expected none held",
                self.held
            ),
            Some((record, _)) => write!(
                formatter,
                "found {} on hand and {} reserved; expected {} on hand by the ledger and {} reserved for what is held",
                record.on_hand, record.reserved, self.ledger, self.held
            ),
        }
    }
}
