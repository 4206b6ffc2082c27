//! What was done and what was found, in figures: a run without failures proves nothing.

use std::{collections::BTreeMap, fmt};

use super::proxy::Cut;

/// What one inspection found.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// Orders compared with what was answered.
    pub(crate) compared: u64,
    /// Commands under way at a kill that took effect.
    pub(crate) unknown_with_effect: u64,
    /// Commands under way at a kill that did not.
    pub(crate) unknown_without_effect: u64,
    /// Whatever is not as it was answered.
    pub(crate) losses: Vec<String>,
}

impl Findings {
    pub(crate) fn lost(&mut self, what: String) {
        self.losses.push(what);
    }
}

/// What a whole run did and found.
#[derive(Debug, Default)]
pub struct Report {
    /// Repeats the run's choices.
    pub seed: u64,
    /// Servers or databases killed.
    pub kills: u64,
    /// Connections cut, by where.
    pub(crate) cuts: BTreeMap<Cut, u64>,
    /// The fewest writes that were acknowledged between two comparisons.
    pub fewest_writes: u64,
    /// How often each command was acknowledged.
    pub acknowledged: BTreeMap<&'static str, u64>,
    /// Commands that were refused, as they had to be.
    pub refused: u64,
    /// Commands that were refused with a time to retry, and changed nothing.
    pub unavailable: u64,
    /// Mails that came, each as often as it came.
    pub mails: usize,
    /// Those among them that had come before.
    pub mails_repeated: usize,
    /// Those among them that came after what was killed or cut was there again.
    pub mails_afterwards: usize,
    /// Orders compared with what was answered, counted anew after each kill.
    pub compared: u64,
    /// Commands under way at a kill that took effect.
    pub unknown_with_effect: u64,
    /// Commands under way at a kill that did not.
    pub unknown_without_effect: u64,
    /// Whatever was not as it was answered, after a kill.
    pub losses: Vec<String>,
    /// Whatever went wrong without a kill: answers, logs, deliveries.
    pub faults: Vec<String>,
}

impl Report {
    /// Writes acknowledged in all.
    pub fn acknowledged_writes(&self) -> u64 {
        self.acknowledged.values().sum()
    }

    /// Whether nothing was found.
    pub fn is_clean(&self) -> bool {
        self.losses.is_empty() && self.faults.is_empty()
    }

    /// Cuts of all kinds.
    pub fn cuts_made(&self) -> u64 {
        self.cuts.values().sum()
    }

    /// Kinds of cuts that were made.
    pub fn kinds_of_cuts(&self) -> usize {
        self.cuts.len()
    }

    pub(crate) fn add(&mut self, findings: Findings) {
        self.compared += findings.compared;
        self.unknown_with_effect += findings.unknown_with_effect;
        self.unknown_without_effect += findings.unknown_without_effect;
        self.losses.extend(findings.losses);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "seed {}: {} kills", self.seed, self.kills)?;
        for (cut, count) in &self.cuts {
            write!(formatter, ", {count} cuts {cut}")?;
        }
        writeln!(
            formatter,
            "\n  {} writes acknowledged, at least {} before each comparison: {:?}",
            self.acknowledged_writes(),
            self.fewest_writes,
            self.acknowledged
        )?;
        writeln!(
            formatter,
            "  {} commands refused, {} told to come back later, {} orders compared",
            self.refused, self.unavailable, self.compared
        )?;
        writeln!(
            formatter,
            "  {} mails came, {} of them not for the first time, {} after a kill or a cut",
            self.mails, self.mails_repeated, self.mails_afterwards
        )?;
        writeln!(
            formatter,
            "  under way at a kill: {} took effect, {} did not",
            self.unknown_with_effect, self.unknown_without_effect
        )?;
        write!(
            formatter,
            "  {} losses, {} faults",
            self.losses.len(),
            self.faults.len()
        )?;
        // The first few say what is wrong; a lost file loses everything.
        for found in self.losses.iter().take(5).chain(self.faults.iter().take(5)) {
            write!(formatter, "\n    {found}")?;
        }
        Ok(())
    }
}
