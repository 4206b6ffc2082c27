//! Every rule that can refuse a change of stock.
//!
//! The kind and the code of each stand beside the rule, in its file.

use shared_kernel::Refusal;

use crate::rules::{
    adjustments_change_something::AdjustmentWithoutChange, counts_compare_first::StockChangedMeanwhile,
    on_hand_limit::OnHandLimit, reasons_are_short_texts::ReasonError,
    stock_never_falls_below_what_is_reserved::InsufficientStock, what_is_held_is_reserved::StockOutOfStep,
};

/// Why stock was not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StockError {
    /// There is less that is not reserved.
    #[error(transparent)]
    Insufficient(#[from] InsufficientStock),
    /// Less is reserved than is held.
    #[error(transparent)]
    OutOfStep(#[from] StockOutOfStep),
    /// There is another count than the caller believes in.
    #[error(transparent)]
    ChangedMeanwhile(#[from] StockChangedMeanwhile),
    /// There would be too much.
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
