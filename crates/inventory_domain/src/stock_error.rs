//! Every rule that can refuse a change of stock.
//!
//! The kind and the code of each are beside the rule, in its file.

use shared_kernel::Refusal;

use crate::rules::{
    adjustments_change_something::AdjustmentWithoutChange, counts_compare_first::StockChangedMeanwhile,
    on_hand_limit::OnHandLimit, reasons_are_short_texts::ReasonError,
    stock_never_falls_below_what_is_reserved::InsufficientStock, what_is_held_is_reserved::StockOutOfStep,
};

/// Why stock was not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StockError {
    /// Fewer units are available.
    #[error(transparent)]
    Insufficient(#[from] InsufficientStock),
    /// Fewer units are reserved than the reservation holds.
    #[error(transparent)]
    OutOfStep(#[from] StockOutOfStep),
    /// The units on hand differ from those that the caller expects.
    #[error(transparent)]
    ChangedMeanwhile(#[from] StockChangedMeanwhile),
    /// There would be too many units.
    #[error(transparent)]
    OnHandLimit(#[from] OnHandLimit),
    /// Nothing would change.
    #[error(transparent)]
    WithoutChange(#[from] AdjustmentWithoutChange),
    /// The reason is missing, too long or not printable.
    #[error(transparent)]
    Reason(#[from] ReasonError),
}

impl From<StockError> for Refusal {
    fn from(error: StockError) -> Self {
        match error {
            StockError::Insufficient(error) => error.into(),
            StockError::OutOfStep(error) => error.into(),
            StockError::ChangedMeanwhile(error) => error.into(),
            StockError::OnHandLimit(error) => error.into(),
            StockError::WithoutChange(error) => error.into(),
            StockError::Reason(error) => error.into(),
        }
    }
}
