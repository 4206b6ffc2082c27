//! `orderly doctor --repair`: prints how to correct stock that does not agree with its ledger or its reservations, and does it on request.
//!
//! What is printed is what is done: the corrections name the version that they were computed at, and apply to no other.

use inventory_app::{CorrectStock, CorrectionView, Inventory, StockDrift};
use message_bus::{Actor, CommandMeta, Handles};
use operations::invariants::Finding;
use serde_json::json;
use shared_kernel::{Clock, IdGenerator};

use crate::{
    command_line::DoctorArguments,
    failure::Failure,
    output,
    stock_check::{drifted, finding},
};

pub(super) async fn repair(
    inventory: &Inventory,
    arguments: &DoctorArguments,
    clock: &dyn Clock,
    ids: &dyn IdGenerator,
) -> Result<(), Failure> {
    let drifted = drifted(inventory).await.map_err(Failure::unavailable)?;
    let corrections: Vec<CorrectionView> = drifted.iter().filter_map(StockDrift::correction).collect();
    let beyond: Vec<Finding> = drifted
        .iter()
        .filter(|drift| drift.correction().is_none())
        .map(finding)
        .collect();
    if !arguments.json {
        output::print(&told(&corrections, &beyond))?;
    }
    let applied = arguments.apply && !corrections.is_empty();
    if applied {
        let meta = CommandMeta::new(Actor::Operator, clock.now(), ids);
        let command = CorrectStock {
            corrections: corrections.clone(),
        };
        inventory.send(command, meta).await?;
    }
    if arguments.json {
        let value = json!({"corrections": corrections, "applied": applied, "beyond_repair": beyond});
        output::print_json(&value)?;
    } else {
        let outcome = match (corrections.len(), applied) {
            (0, _) => "nothing to correct\n",
            (_, true) => "corrected\n",
            (_, false) => "nothing was changed; with --apply it is\n",
        };
        output::print(outcome)?;
    }
    match (beyond.len(), applied || corrections.is_empty()) {
        (0, true) => Ok(()),
        (0, false) => Err(Failure::check(format!("{} to correct", corrections.len()))),
        (beyond, _) => Err(Failure::check(format!(
            "{beyond} beyond repair: more is held than there is; count it, or cancel orders"
        ))),
    }
}

fn told(corrections: &[CorrectionView], beyond_repair: &[Finding]) -> String {
    let mut told = String::new();
    for correction in corrections {
        told += &format!(
            "product {} at version {}:",
            correction.product_id, correction.version
        );
        if correction.ledger_delta != 0 {
            told += &format!(" ledger entry of {:+}", correction.ledger_delta);
        }
        if correction.reserved_from != correction.reserved_to {
            told += &format!(
                " reserved {} -> {}",
                correction.reserved_from, correction.reserved_to
            );
        }
        told += "\n";
    }
    for Finding { subject, detail } in beyond_repair {
        told += &format!("{subject} is beyond repair: {detail}\n");
    }
    told
}
