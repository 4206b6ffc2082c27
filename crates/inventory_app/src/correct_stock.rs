//! Stock that drifted from its ledger, or from what is held, is found and set right again.

use std::collections::BTreeSet;

use async_trait::async_trait;
use inventory_domain::StockCorrection;
use message_bus::{
    Command, CommandMeta, Conflict, Handles, InvariantCheck, Unavailable, UseCaseError,
    invariants::{Finding, MOST_FINDINGS, doctor::Invariant},
    retry::{Attempt, deciding_again},
};
use shared_kernel::{AggregateRoot, Version};

use crate::{CorrectionView, Inventory, StockDrift, inventory::changed_by};

/// Make exactly these corrections, all of them or none: as they were shown, on stock that is as it was then.
#[derive(Clone, Debug)]
pub struct CorrectStock {
    /// The corrections.
    pub corrections: Vec<CorrectionView>,
}

/// Stock that drifted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Drifted {
    /// What does not hold, product by product. At most [`MOST_FINDINGS`].
    pub findings: Vec<Finding>,
    /// What would set it right.
    pub corrections: Vec<CorrectionView>,
    /// Those findings that nothing would set right, since more is held than there is.
    pub beyond_repair: Vec<Finding>,
}

impl Inventory {
    /// Compares all stock with its ledger and with what is held, and changes nothing.
    ///
    /// # Errors
    /// [`Unavailable`] when the store does not answer.
    pub async fn drifted(&self) -> Result<Drifted, Unavailable> {
        let limit = u32::try_from(MOST_FINDINGS).unwrap_or(u32::MAX);
        let drifted = self.store.drifted(limit).await?;
        Ok(Drifted {
            findings: drifted.iter().map(StockDrift::finding).collect(),
            corrections: drifted.iter().filter_map(StockDrift::correction).collect(),
            beyond_repair: drifted
                .iter()
                .filter(|drift| drift.correction().is_none())
                .map(StockDrift::finding)
                .collect(),
        })
    }

    async fn correct_once(&self, corrections: &[StockCorrection], meta: &CommandMeta) -> Result<(), Attempt> {
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

#[async_trait]
impl InvariantCheck for Inventory {
    fn invariant(&self) -> Invariant {
        Invariant::Stock
    }

    fn at(&self) -> &'static str {
        "inventory"
    }

    async fn findings(&self) -> Result<Vec<Finding>, Unavailable> {
        Ok(self.drifted().await?.findings)
    }
}

impl Command for CorrectStock {
    type Output = ();
}

impl Handles<CorrectStock> for Inventory {
    async fn handle(&self, command: CorrectStock, meta: CommandMeta) -> Result<(), UseCaseError> {
        let corrections: Vec<StockCorrection> = command.corrections.into_iter().map(Into::into).collect();
        deciding_again(&meta, self.ids.as_ref(), || {
            self.correct_once(&corrections, &meta)
        })
        .await
    }
}

impl StockDrift {
    fn finding(&self) -> Finding {
        let detail = match &self.item {
            None => format!(
                "found no stock item, and {} units held; expected none held",
                self.held
            ),
            Some((record, _)) => format!(
                "found {} on hand and {} reserved; expected {} on hand by the ledger and {} reserved for what is held",
                record.on_hand, record.reserved, self.ledger, self.held
            ),
        };
        Finding {
            subject: format!("stock of product {}", self.product_id),
            detail,
        }
    }

    fn correction(&self) -> Option<CorrectionView> {
        let (record, version) = self.item?;
        let correction = StockCorrection::of(&record, version, self.ledger, self.held);
        correction.ok().flatten().map(Into::into)
    }
}
