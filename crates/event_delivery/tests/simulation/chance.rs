//! All choices of a run, which its seed repeats.

use std::{ops::Range, time::Duration};

use crate::fault::Fault;

/// Chances are in parts of this.
const WHOLE: u16 = 10_000;
/// In one of so many runs a kind of fault does not happen, so that none hides what another does.
const ABSENT_IN: u8 = 5;

/// Which faults have a chance, and how likely they are.
pub(crate) struct Chance {
    random: fastrand::Rng,
    chances: [u16; Fault::ALL.len()],
    aggregates: usize,
    calm: bool,
}

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        let mut random = fastrand::Rng::with_seed(seed);
        let chances = Fault::ALL.map(|fault| {
            let times = if random.u8(..ABSENT_IN) == 0 {
                0
            } else {
                random.u16(1..=8)
            };
            fault.chance() * times / 4
        });
        Self {
            aggregates: random.usize(2..=4),
            random,
            chances,
            calm: false,
        }
    }

    /// How many aggregates there are.
    pub(crate) const fn aggregates(&self) -> usize {
        self.aggregates
    }

    /// Whether a possible fault happens now.
    pub(crate) fn happens(&mut self, fault: Fault) -> bool {
        let chance = self.chances[fault as usize];
        !self.calm && chance > 0 && self.random.u16(..WHOLE) < chance
    }

    /// From now on no fault happens.
    pub(crate) const fn calm_down(&mut self) {
        self.calm = true;
    }

    pub(crate) const fn is_calm(&self) -> bool {
        self.calm
    }

    /// Whether faults by which the transport breaks its contract can happen in this run.
    pub(crate) const fn transport_lies(&self) -> bool {
        self.chances[Fault::Misplaced as usize] > 0 || self.chances[Fault::Overtaken as usize] > 0
    }

    /// How long a store takes for one half of a call: mostly next to nothing.
    pub(crate) fn latency(&mut self) -> Duration {
        match self.random.u8(..16) {
            0..=11 => Duration::ZERO,
            12..=14 => self.milliseconds(1..20),
            _ => self.milliseconds(1..150),
        }
    }

    pub(crate) fn milliseconds(&mut self, range: Range<u64>) -> Duration {
        Duration::from_millis(self.random.u64(range))
    }

    /// Yes, in one of `times`.
    pub(crate) fn once_in(&mut self, times: u32) -> bool {
        self.random.u32(..times) == 0
    }

    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.random.usize(..limit)
    }

    /// Any number.
    pub(crate) fn number(&mut self) -> u64 {
        self.random.u64(..)
    }
}
