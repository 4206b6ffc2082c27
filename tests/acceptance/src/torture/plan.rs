//! How many failures to inject, and of which kind.

use super::random::Random;
use crate::binary::from_environment;

/// The rounds of `make torture`, to which all counts are relative.
const FULL_ROUNDS: u64 = 25;

/// How much to do.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// Kills, cuts, or images, unless something is found before.
    pub rounds: u64,
    /// Repeats an earlier run's choices, though not its timing. A fresh one, unless `ORDERLY_TORTURE_SEED` gives it.
    pub seed: u64,
}

impl Plan {
    /// A few rounds, unless `ORDERLY_TORTURE_ROUNDS` asks for more: where that is 25, so many as `full` says.
    pub fn of_rounds(few: u64, full: u64) -> Self {
        let rounds = number_from_environment("ORDERLY_TORTURE_ROUNDS")
            .map_or(few, |rounds| (rounds * full).div_ceil(FULL_ROUNDS));
        Self::always_of_rounds(rounds)
    }

    /// So many images of a disk, unless `ORDERLY_POWER_CUT_IMAGES` asks for another number.
    pub fn of_images(few: u64) -> Self {
        Self::always_of_rounds(number_from_environment("ORDERLY_POWER_CUT_IMAGES").unwrap_or(few))
    }

    /// So many rounds, whatever is asked for.
    pub fn always_of_rounds(rounds: u64) -> Self {
        Self {
            rounds,
            seed: number_from_environment("ORDERLY_TORTURE_SEED").unwrap_or_else(Random::fresh_seed),
        }
    }
}

fn number_from_environment(variable: &str) -> Option<u64> {
    let value = from_environment(variable)?;
    let number = value.to_str().and_then(|value| value.parse().ok());
    Some(number.unwrap_or_else(|| panic!("{variable} is {value:?}, expected a number")))
}
