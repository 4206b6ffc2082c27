//! A count of units of a product.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A positive count of units, from 1 to [`Quantity::MAXIMUM`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Quantity(u32);

/// The count is zero, negative or too large to be a quantity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{found} is no quantity; expected a whole number from 1 to {}",
    Quantity::MAXIMUM
)]
pub struct InvalidQuantity {
    /// What was given.
    pub found: i64,
}

impl Quantity {
    /// The largest count that one line of anything may carry.
    pub const MAXIMUM: u32 = 1_000_000;

    /// A quantity from a count.
    ///
    /// # Errors
    /// [`InvalidQuantity`] unless `1 <= count <= 1_000_000`.
    pub fn new(count: i64) -> Result<Self, InvalidQuantity> {
        u32::try_from(count)
            .ok()
            .filter(|count| (1..=Self::MAXIMUM).contains(count))
            .map(Self)
            .ok_or(InvalidQuantity { found: count })
    }

    /// The count.
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl TryFrom<u32> for Quantity {
    type Error = InvalidQuantity;

    fn try_from(count: u32) -> Result<Self, InvalidQuantity> {
        Self::new(i64::from(count))
    }
}

impl From<Quantity> for u32 {
    fn from(quantity: Quantity) -> Self {
        quantity.0
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bounds_are_one_and_a_million() {
        assert!(Quantity::new(1).is_ok());
        assert!(Quantity::new(1_000_000).is_ok());
        for found in [0, -1, 1_000_001, i64::MAX, i64::MIN] {
            assert_eq!(Quantity::new(found), Err(InvalidQuantity { found }));
        }
    }
}
