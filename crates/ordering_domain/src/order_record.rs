//! An order's data, without behaviour: what is stored, loaded and shown.
//!
//! An [`Order`](crate::Order) lends its record for reading only.

use std::str::FromStr;

use shared_kernel::{
    Currency, CustomerId, LineStock, Money, MoneyError, OrderId, OrderLineId, ProductId, Quantity, Timestamp,
};

use crate::{Address, Allocation, Cancellation, OrderReference, OrderStatus, UnknownName};

/// An order's data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderRecord {
    /// The order.
    pub id: OrderId,
    /// Its short name for people.
    pub reference: OrderReference,
    /// Who ordered.
    pub customer_id: CustomerId,
    /// The order's status.
    pub status: OrderStatus,
    /// The state of its stock.
    pub allocation: Allocation,
    /// Its one currency.
    pub currency: Currency,
    /// Its lines, in the order in which they were added.
    pub lines: Vec<OrderLine>,
    /// The address that it is shipped to; set when it is confirmed.
    pub shipping_address: Option<Address>,
    /// Why it was cancelled, if it was.
    pub cancellation: Option<Cancellation>,
    /// How it travels, once it does.
    pub shipment: Option<Shipment>,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl OrderRecord {
    /// The sum of its lines.
    ///
    /// # Errors
    /// [`MoneyError`] when the lines hold more than money can count, or another currency: an order
    /// that passed the rules never does.
    pub fn total(&self) -> Result<Money, MoneyError> {
        total_of(&self.lines, self.currency)
    }
}

/// The sum of `lines` in `currency`.
pub(crate) fn total_of(lines: &[OrderLine], currency: Currency) -> Result<Money, MoneyError> {
    lines
        .iter()
        .try_fold(Money::zero(currency), |sum, line| sum.add(line.total()?))
}

/// One product on an order. The order refers to it by id and keeps the name and price it had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderLine {
    /// The line.
    pub id: OrderLineId,
    /// The product.
    pub product_id: ProductId,
    /// The product's name on this order.
    pub product_name: String,
    /// Units ordered.
    pub quantity: Quantity,
    /// Price of one unit on this order.
    pub unit_price: Money,
    /// Where its name and its price come from.
    pub kind: LineKind,
    /// Whether stock is asked for it.
    pub stock: LineStock,
}

/// Where a line's name and price come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LineKind {
    /// The price list.
    Listed,
    /// Staff: they are compared with no list.
    Custom,
}

impl LineKind {
    /// Both of them.
    pub const ALL: [Self; 2] = [Self::Listed, Self::Custom];

    /// The name used in rows.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Listed => "listed",
            Self::Custom => "custom",
        }
    }
}

impl FromStr for LineKind {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name() == text)
            .ok_or_else(|| UnknownName {
                found: text.to_owned(),
                kind: "kind of line",
                expected: "listed or custom",
            })
    }
}

impl OrderLine {
    /// Unit price times quantity.
    ///
    /// # Errors
    /// [`MoneyError::OutOfRange`].
    pub fn total(&self) -> Result<Money, MoneyError> {
        self.unit_price.times(self.quantity)
    }
}

/// How an order travels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shipment {
    /// Who carries it.
    pub carrier: String,
    /// The carrier's number for it.
    pub tracking_number: String,
}
