//! Every rule that can refuse a change of an order.
//!
//! The kind and the code of each are beside the rule, in its file.

use shared_kernel::{MoneyError, Refusal, RefusalKind};

use crate::LinesRefused;
use crate::rules::{
    an_order_is_confirmed_once::OrderAlreadyConfirmed,
    closed_customers_place_no_orders::CustomerClosed,
    confirming_needs_lines::OrderWithoutLines,
    given_prices_are_current::PriceChanged,
    lines_are_named_by_id::UnknownLine,
    listed_products_ask_for_stock::ListedAsksForStock,
    one_currency::OneCurrency,
    only_confirmed_orders_change_address::AddressNotChangeable,
    only_confirmed_orders_ship::OrderNotConfirmed,
    only_listed_products_are_ordered::UnknownProduct,
    only_pending_or_confirmed_orders_are_cancelled::{OrderAlreadyCancelled, OrderCannotBeCancelled},
    only_pending_orders_change::OrderNotPending,
    only_shipped_orders_are_delivered::OrderNotShipped,
    order_line_limit::OrderLineLimit,
    order_total_limit::OrderTotalLimit,
    shipping_needs_reserved_stock::StockNotReserved,
    text_fields::TextError,
};

/// Why an order was not changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrderError {
    /// The customer is closed.
    #[error(transparent)]
    CustomerClosed(#[from] CustomerClosed),
    /// Too many lines.
    #[error(transparent)]
    LineLimit(#[from] OrderLineLimit),
    /// Too much money.
    #[error(transparent)]
    TotalLimit(#[from] OrderTotalLimit),
    /// A product that is not on the price list.
    #[error(transparent)]
    UnknownProduct(#[from] UnknownProduct),
    /// Lines of products that are no longer on the price list.
    #[error("the products of lines can no longer be ordered")]
    UnknownProducts(LinesRefused<UnknownProduct>),
    /// A product on the price list without stock.
    #[error(transparent)]
    ListedAsksForStock(#[from] ListedAsksForStock),
    /// Another price than the customer's.
    #[error(transparent)]
    PriceChanged(#[from] PriceChanged),
    /// Lines at other prices than the customer's.
    #[error("the prices of lines have changed")]
    PricesChanged(LinesRefused<PriceChanged>),
    /// A second currency.
    #[error(transparent)]
    OneCurrency(#[from] OneCurrency),
    /// A text that is missing, too long or not printable.
    #[error(transparent)]
    Text(#[from] TextError),
    /// An amount that cannot be computed.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// The order has no such line.
    #[error(transparent)]
    UnknownLine(#[from] UnknownLine),
    /// Its lines are settled.
    #[error(transparent)]
    NotPending(#[from] OrderNotPending),
    /// It was confirmed before.
    #[error(transparent)]
    AlreadyConfirmed(#[from] OrderAlreadyConfirmed),
    /// It has no lines.
    #[error(transparent)]
    WithoutLines(#[from] OrderWithoutLines),
    /// It was cancelled before.
    #[error(transparent)]
    AlreadyCancelled(#[from] OrderAlreadyCancelled),
    /// It is too late to cancel it.
    #[error(transparent)]
    CannotBeCancelled(#[from] OrderCannotBeCancelled),
    /// It is not confirmed, or no longer, so its address cannot change.
    #[error(transparent)]
    AddressNotChangeable(#[from] AddressNotChangeable),
    /// It is not confirmed, or no longer.
    #[error(transparent)]
    NotConfirmed(#[from] OrderNotConfirmed),
    /// Its stock is not reserved.
    #[error(transparent)]
    StockNotReserved(#[from] StockNotReserved),
    /// It is not shipped, or already delivered.
    #[error(transparent)]
    NotShipped(#[from] OrderNotShipped),
}

impl From<OrderError> for Refusal {
    fn from(error: OrderError) -> Self {
        match error {
            OrderError::CustomerClosed(error) => error.into(),
            OrderError::LineLimit(error) => error.into(),
            OrderError::TotalLimit(error) => error.into(),
            OrderError::UnknownProduct(error) => error.into(),
            OrderError::UnknownProducts(error) => error.into(),
            OrderError::ListedAsksForStock(error) => error.into(),
            OrderError::PriceChanged(error) => error.into(),
            OrderError::PricesChanged(error) => error.into(),
            OrderError::OneCurrency(error) => error.into(),
            OrderError::Text(error) => error.into(),
            OrderError::Money(error) => Self::new(RefusalKind::Value, error.code(), &error),
            OrderError::UnknownLine(error) => error.into(),
            OrderError::NotPending(error) => error.into(),
            OrderError::AlreadyConfirmed(error) => error.into(),
            OrderError::WithoutLines(error) => error.into(),
            OrderError::AlreadyCancelled(error) => error.into(),
            OrderError::CannotBeCancelled(error) => error.into(),
            OrderError::AddressNotChangeable(error) => error.into(),
            OrderError::NotConfirmed(error) => error.into(),
            OrderError::StockNotReserved(error) => error.into(),
            OrderError::NotShipped(error) => error.into(),
        }
    }
}

impl From<LinesRefused<UnknownProduct>> for OrderError {
    fn from(error: LinesRefused<UnknownProduct>) -> Self {
        Self::UnknownProducts(error)
    }
}

impl From<LinesRefused<PriceChanged>> for OrderError {
    fn from(error: LinesRefused<PriceChanged>) -> Self {
        Self::PricesChanged(error)
    }
}
